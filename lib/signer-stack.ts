import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import { Bucket } from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";
import { names } from "../functions/signer/env.ts";
import type { Database } from "./database.ts";
import { jobTimeout, Nudges, Sweep } from "./jobs.ts";
import { PlatformFunction } from "./platform-function.ts";
import type { Settings } from "./settings.ts";
import { SigningKeys } from "./signing-keys.ts";
import { accessLogs, closed } from "./stores.ts";

/** The gate: what it signed last, the keys, and the one function that may use them. */
export class SignerStack extends Stack {
  readonly state: Bucket;
  readonly signingKeys: SigningKeys;
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
    this.signingKeys = new SigningKeys(this, "SigningKeys", settings.signingKeys);
    const { ed25519, mldsa44 } = this.signingKeys;
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
        ED25519_KEY_IDS: ed25519.join(","),
        MLDSA44_KEY_IDS: mldsa44.join(","),
        SIGNER_BUCKET: this.state.bucketName,
        NUDGE_QUEUE_URL: this.toPublish.queue.queueUrl,
      },
      places: {
        database: from.database.arn,
        ed25519Key: ed25519,
        mldsa44Key: mldsa44,
        signerState: this.state.bucketArn,
        nudges: this.toPublish.queue.queueArn,
      },
      timeout: jobTimeout,
    });
    this.roleArn = role.roleArn;
    from.toSign.wake(lambda);
    new Sweep(this, "Sweep", lambda);
    new CfnOutput(this, "Function", { value: lambda.functionName });
  }

  /** For functions that verify what the keys signed. */
  reading() {
    const { ed25519, mldsa44 } = this.signingKeys;
    return {
      env: { ED25519_KEY_IDS: ed25519.join(","), MLDSA44_KEY_IDS: mldsa44.join(",") },
      places: { ed25519Key: ed25519, mldsa44Key: mldsa44 },
    };
  }
}
