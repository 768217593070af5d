import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import { Bucket } from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";
import { names } from "../functions/signer/env.ts";
import type { Database } from "./database.ts";
import { jobTimeout, Nudges, Sweep } from "./jobs.ts";
import { PlatformFunction } from "./platform-function.ts";
import type { Settings } from "./settings.ts";
import { SigningKey } from "./signing-key.ts";
import { accessLogs, closed } from "./stores.ts";

/** The gate: what it signed last, the key, and the one function that may use it. */
export class SignerStack extends Stack {
  readonly state: Bucket;
  readonly signingKey: SigningKey;
  readonly toPublish: Nudges;
  readonly roleArn: string;

  constructor(
    scope: Construct,
    id: string,
    settings: Settings,
    from: { readonly database: Database; readonly toSign: Nudges },
    props: StackProps = {},
  ) {
    super(scope, id, props);
    this.signingKey = new SigningKey(this, "SigningKey");
    this.state = new Bucket(this, "State", {
      ...closed,
      versioned: true,
      serverAccessLogsBucket: accessLogs(this),
    });
    this.toPublish = new Nudges(this, "ToPublish");
    const { lambda, role } = new PlatformFunction(this, "Signer", {
      name: "signer",
      names,
      env: {
        DATABASE_URL: from.database.url("countersign_publisher"),
        ORIGIN_PREFIX: settings.originPrefix,
        SIGNING_KEY_ID: this.signingKey.key.keyArn,
        SIGNER_BUCKET: this.state.bucketName,
        NUDGE_QUEUE_URL: this.toPublish.queue.queueUrl,
      },
      places: {
        database: from.database.arn,
        signingKey: this.signingKey.key.keyArn,
        signerState: this.state.bucketArn,
        nudges: this.toPublish.queue.queueArn,
      },
      timeout: jobTimeout,
    });
    this.roleArn = role.roleArn;
    from.toSign.wake(lambda);
    new Sweep(this, "Sweep", lambda);
    new CfnOutput(this, "Function", { value: lambda.functionName });
    new CfnOutput(this, "SigningKeyId", { value: this.signingKey.key.keyId });
  }
}
