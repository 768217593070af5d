import { CfnOutput } from "aws-cdk-lib";
import { EventBus } from "aws-cdk-lib/aws-events";
import { Construct } from "constructs";
import { names } from "../functions/announcer/env.ts";
import { DeploymentStack } from "./deployment-stack.ts";
import type { Foundation } from "./foundation.ts";
import { jobTimeout, Sweep } from "./jobs.ts";
import { PlatformFunction } from "./platform-function.ts";

/** The bus that insurers' other systems subscribe to, and the function that puts an event on it for each published record of a claim, payout or policy. */
export class ClaimEvents extends Construct {
  constructor(scope: Construct, id: string, { database, stores }: Foundation) {
    super(scope, id);
    const { kept, names: known } = DeploymentStack.of(this);
    const bus = new EventBus(this, "Bus", {
      eventBusName: known.ours("claims"),
      description: "Countersign: an event for each published record (docs/spec/claim-event.md)",
    });
    bus.applyRemovalPolicy(kept);
    const announcer = new PlatformFunction(this, "Announcer", {
      name: "announcer",
      names,
      env: {
        DATABASE_URL: database.url("countersign_auditor"),
        PUBLISHED_BUCKET: stores.published.bucketName,
        LIVE_BUCKET: stores.live.bucketName,
        AUDITING_BUCKET: stores.auditing.bucketName,
        EVENT_BUS_NAME: bus.eventBusName,
      },
      places: {
        database: database.arn,
        published: stores.published.bucketArn,
        live: stores.live.bucketArn,
        auditing: stores.auditing.bucketArn,
        eventBus: bus.eventBusArn,
      },
      objectsKeyArn: stores.objectsKey.keyArn,
      timeout: jobTimeout,
    });
    new Sweep(this, "Sweep", announcer);
    new CfnOutput(this, "BusName", { value: bus.eventBusName });
  }
}
