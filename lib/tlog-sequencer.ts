import { Construct } from "constructs";
import { names } from "../functions/sequencer/env.ts";
import type { Database } from "./database.ts";
import { DeploymentStack } from "./deployment-stack.ts";
import { jobTimeout, Sweep } from "./jobs.ts";
import { PlatformFunction } from "./platform-function.ts";
import type { Nudges } from "./queues.ts";

/** Places committed records in the tlog, then wakes the signer. */
export class TlogSequencer extends Construct {
  constructor(scope: Construct, id: string, database: Database, toPlace: Nudges) {
    super(scope, id);
    const toSign = DeploymentStack.of(this).names.queue("signer");
    const sequencer = new PlatformFunction(this, "Sequencer", {
      name: "sequencer",
      names,
      env: {
        DATABASE_URL: database.url("countersign_sequencer"),
        NUDGE_QUEUE_URL: toSign.url,
      },
      places: { database: database.arn, nudges: toSign.arn },
      timeout: jobTimeout,
    });
    toPlace.wake(sequencer);
    new Sweep(this, "Sweep", sequencer);
  }
}
