import { Construct } from "constructs";
import { names } from "../functions/sequencer/env.ts";
import type { Database } from "./database.ts";
import { jobTimeout, Nudges, Sweep } from "./jobs.ts";
import { PlatformFunction } from "./platform-function.ts";

/** Places committed records in the tlog, then wakes the signer. */
export class TlogSequencer extends Construct {
  readonly roleArn: string;
  readonly toSign: Nudges;

  constructor(scope: Construct, id: string, database: Database, toPlace: Nudges) {
    super(scope, id);
    this.toSign = new Nudges(this, "ToSign");
    const { lambda, role } = new PlatformFunction(this, "Sequencer", {
      name: "sequencer",
      names,
      env: {
        DATABASE_URL: database.url("countersign_sequencer"),
        NUDGE_QUEUE_URL: this.toSign.queue.queueUrl,
      },
      places: { database: database.arn, nudges: this.toSign.queue.queueArn },
      timeout: jobTimeout,
    });
    this.roleArn = role.roleArn;
    toPlace.wake(lambda);
    new Sweep(this, "Sweep", lambda);
  }
}
