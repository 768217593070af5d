import { Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { names as adjudicatorNames } from "../functions/adjudicator/env.ts";
import { routeTable } from "../shared/api/routes.ts";
import { Foundation } from "./foundation.ts";
import { HttpApi } from "./http-api.ts";
import { HttpFunctions } from "./http-functions.ts";
import { Identity } from "./identity.ts";
import { jobTimeout, Nudges, Sweep } from "./jobs.ts";
import { PlatformFunction } from "./platform-function.ts";
import { QldbLedger } from "./qldb-ledger.ts";
import type { Settings } from "./settings.ts";
import { TlogSequencer } from "./tlog-sequencer.ts";

/** From the request to the committed record and its place in the ledger. */
export class PlatformStack extends Stack {
  readonly foundation: Foundation;
  /** The tlog engine's place in the walk; absent with the qldb engine. */
  readonly sequencer: TlogSequencer | undefined;
  /** Wakes the sequencer. */
  readonly toPlace: Nudges;
  /** The roles that run commands or read what they wrote. */
  readonly appRoleArns: readonly string[];

  constructor(scope: Construct, id: string, settings: Settings, props: StackProps = {}) {
    super(scope, id, props);
    this.foundation = new Foundation(this, "Foundation", settings);
    const toAdjudicate = new Nudges(this, "ToAdjudicate");
    this.toPlace = new Nudges(this, "ToPlace");

    const http = new HttpFunctions(this, "Http", this.foundation, toAdjudicate);
    const identity = new Identity(this, "Identity", settings);
    new HttpApi(this, "Api", {
      table: routeTable,
      issuer: identity.issuer,
      clientIds: identity.clients.map(({ userPoolClientId }) => userPoolClientId),
      functions: http.byAudience,
    });

    const adjudicator = new PlatformFunction(this, "Adjudicator", {
      name: "adjudicator",
      names: adjudicatorNames,
      ...this.foundation.commanding(this.toPlace),
      timeout: jobTimeout,
      memoryMiB: 1024,
    });
    toAdjudicate.wake(adjudicator.lambda);
    new Sweep(this, "Sweep", adjudicator.lambda);

    if (settings.ledger === "tlog") {
      this.sequencer = new TlogSequencer(this, "Sequencer", this.foundation.database, this.toPlace);
    } else {
      new QldbLedger(this, "Qldb");
    }
    this.appRoleArns = [...http.roleArns, adjudicator.role.roleArn];
  }
}
