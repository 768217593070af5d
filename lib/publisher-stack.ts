import { Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { names } from "../functions/publisher/env.ts";
import type { Foundation } from "./foundation.ts";
import { jobTimeout, Sweep } from "./jobs.ts";
import { PlatformFunction } from "./platform-function.ts";
import type { SignerStack } from "./signer-stack.ts";

/** From the signed note to the published tiles: it reads the platform and the signer, and neither knows of it. */
export class PublisherStack extends Stack {
  readonly roleArn: string;

  constructor(
    scope: Construct,
    id: string,
    from: { readonly foundation: Foundation; readonly signer: SignerStack },
    props: StackProps = {},
  ) {
    super(scope, id, props);
    const { foundation, signer } = from;
    const { database, stores, settings } = foundation;
    const signing = signer.reading();
    const { lambda, role } = new PlatformFunction(this, "Publisher", {
      name: "publisher",
      names,
      env: {
        DATABASE_URL: database.url("countersign_publisher"),
        ORIGIN_PREFIX: settings.originPrefix,
        ...signing.env,
        SIGNER_BUCKET: signer.state.bucketName,
        PUBLISHED_BUCKET: stores.published.bucketName,
        LIVE_BUCKET: stores.live.bucketName,
        SEALED_BUCKET: stores.sealed.bucketName,
        WITNESS_POLICY: settings.witnessPolicy,
      },
      places: {
        database: database.arn,
        ...signing.places,
        signerState: signer.exportValue(signer.state.bucketArn),
        published: Stack.of(stores).exportValue(stores.published.bucketArn),
        live: Stack.of(stores).exportValue(stores.live.bucketArn),
        sealed: Stack.of(stores).exportValue(stores.sealed.bucketArn),
      },
      timeout: jobTimeout,
      memoryMiB: 1024,
    });
    this.roleArn = role.roleArn;
    signer.toPublish.wake(lambda);
    new Sweep(this, "Sweep", lambda);
  }
}
