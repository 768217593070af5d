import { Aws } from "aws-cdk-lib";
import { Construct } from "constructs";
import { names } from "../functions/publisher/env.ts";
import { DeploymentStack } from "./deployment-stack.ts";
import type { Foundation } from "./foundation.ts";
import { jobTimeout, Sweep } from "./jobs.ts";
import { PlatformFunction } from "./platform-function.ts";
import { Nudges } from "./queues.ts";

/** From the signed note to the published tiles: it reads what the signer keeps, and the signer wakes it. */
export class TlogPublisher extends Construct {
  constructor(scope: Construct, id: string, foundation: Foundation) {
    super(scope, id);
    const { names: known } = DeploymentStack.of(this);
    const toPublish = new Nudges(this, "ToPublish", known.queue("publisher").name);
    toPublish.admit(known.signerAccount, known.roleArn("signer"));
    const { database, stores, settings } = foundation;
    const signing = foundation.signing();
    const publisher = new PlatformFunction(this, "Publisher", {
      name: "publisher",
      names,
      env: {
        DATABASE_URL: database.url("countersign_publisher"),
        ORIGIN_PREFIX: settings.originPrefix,
        ...signing.env,
        SIGNER_BUCKET: known.signerState,
        PUBLISHED_BUCKET: stores.published.bucketName,
        LIVE_BUCKET: stores.live.bucketName,
        SEALED_BUCKET: stores.sealed.bucketName,
        WITNESS_POLICY: settings.witnessPolicy,
      },
      places: {
        database: database.arn,
        ...signing.places,
        signerState: `arn:${Aws.PARTITION}:s3:::${known.signerState}`,
        published: stores.published.bucketArn,
        live: stores.live.bucketArn,
        sealed: stores.sealed.bucketArn,
      },
      objectsKeyArn: stores.objectsKey.keyArn,
      stateKeyArn: known.stateKeyArn,
      timeout: jobTimeout,
      memoryMiB: 1024,
    });
    toPublish.wake(publisher);
    new Sweep(this, "Sweep", publisher);
  }
}
