import { type App, CfnOutput } from "aws-cdk-lib";
import { AccountPrincipal, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Alias, Key } from "aws-cdk-lib/aws-kms";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import { names as signerNames } from "../functions/signer/env.ts";
import { acknowledgeArchitecture } from "./acknowledge.ts";
import { Alarms } from "./alarms.ts";
import { BreakGlass } from "./break-glass.ts";
import { Buckets } from "./buckets.ts";
import { type Database, databaseUrl } from "./database.ts";
import { DeploymentStack, envOf } from "./deployment-stack.ts";
import { jobTimeout, Sweep } from "./jobs.ts";
import { PlatformFunction } from "./platform-function.ts";
import { Nudges } from "./queues.ts";
import type { Settings } from "./settings.ts";
import { SigningKeys } from "./signing-keys.ts";

/** What the signer reads: the database's connection and ARN. */
export interface SignerReads {
  readonly url: string;
  readonly arn: string;
}

/** What a signer in its own account reads, by the cluster's id. */
export function clusterById(settings: Settings, platform: string, cluster: string): SignerReads {
  const { region } = settings;
  return {
    url: databaseUrl("countersign_publisher", `${cluster}.dsql.${region}.on.aws`),
    arn: `arn:aws:dsql:${region}:${platform}:cluster/${cluster}`,
  };
}

/** What a signer in the platform's account reads. */
export const clusterOf = (database: Database): SignerReads => ({
  url: database.url("countersign_publisher"),
  arn: database.arn,
});

/** The gate: what it signed last, the keys, and the one function that may use them. */
export class SignerStack extends DeploymentStack {
  constructor(app: App, id: string, settings: Settings, database: SignerReads) {
    super(app, id, settings, envOf(settings.region, settings.accounts?.signer));
    acknowledgeArchitecture(this);
    const { ed25519, mldsa44 } = new SigningKeys(this, "SigningKeys");
    new BreakGlass(this, "BreakGlass", [...ed25519, ...mldsa44]);
    const stateKey = this.#stateKey();
    const state = this.#state(stateKey);
    const toSign = new Nudges(this, "ToSign", this.names.queue("signer").name);
    toSign.admit(this.names.platformAccount, this.names.roleArn("sequencer"));
    const toPublish = this.names.queue("publisher");
    const signer = new PlatformFunction(this, "Signer", {
      name: "signer",
      names: signerNames,
      env: {
        DATABASE_URL: database.url,
        ORIGIN_PREFIX: settings.originPrefix,
        ED25519_KEY_IDS: ed25519.join(","),
        MLDSA44_KEY_IDS: mldsa44.join(","),
        SIGNER_BUCKET: state.bucketName,
        NUDGE_QUEUE_URL: toPublish.url,
      },
      places: {
        database: database.arn,
        ed25519Key: ed25519,
        mldsa44Key: mldsa44,
        signerState: state.bucketArn,
        nudges: toPublish.arn,
      },
      stateKeyArn: stateKey.keyArn,
      timeout: jobTimeout,
    });
    toSign.wake(signer);
    new Sweep(this, "Sweep", signer);
    new Alarms(this, "Alarms");
    new CfnOutput(this, "Function", { value: signer.lambda.functionName });
  }

  #stateKey(): Key {
    const key = new Key(this, "StateKey", {
      description: "Countersign: closes what the signer keeps",
      enableKeyRotation: true,
      removalPolicy: this.kept,
    });
    key.addToResourcePolicy(this.#publisherMay(["kms:Decrypt"], ["*"]));
    new Alias(this, "StateKeyAlias", { aliasName: this.names.stateKeyAlias, targetKey: key });
    return key;
  }

  /** `latest` and every note, all versions of them; the platform's publisher reads it, and nobody there writes it. */
  #state(encryptionKey: Key): Bucket {
    const state = new Buckets(this, "Buckets").add(
      "State",
      {
        bucketName: this.names.signerState,
        versioned: true,
        encryptionKey,
        bucketKeyEnabled: true,
      },
      {
        uncopied:
          "A copy comes late: a gate that goes on from it would forget what it signed (ADR 12).",
      },
    );
    state.addToResourcePolicy(this.#publisherMay(["s3:GetObject"], [state.arnForObjects("*")]));
    state.addToResourcePolicy(this.#publisherMay(["s3:ListBucket"], [state.bucketArn]));
    return state;
  }

  /** Named by its role, which need not be there yet. */
  #publisherMay(actions: string[], resources: string[]): PolicyStatement {
    return new PolicyStatement({
      principals: [new AccountPrincipal(this.names.platformAccount)],
      actions,
      resources,
      conditions: { ArnEquals: { "aws:PrincipalArn": this.names.roleArn("publisher") } },
    });
  }
}
