import { Construct } from "constructs";
import { DataKey } from "./data-key.ts";
import { Database } from "./database.ts";
import { DeploymentStack } from "./deployment-stack.ts";
import type { Nudges } from "./queues.ts";
import type { Settings } from "./settings.ts";
import { Stores } from "./stores.ts";

/** What every command stands on: database, buckets and the key of the data keys. */
export class Foundation extends Construct {
  readonly database: Database;
  readonly stores: Stores;
  readonly dataKey: DataKey;
  readonly settings: Settings;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.settings = DeploymentStack.of(this).settings;
    this.database = new Database(this, "Database");
    this.stores = new Stores(this, "Stores");
    this.dataKey = new DataKey(this, "DataKey");
  }

  /** For functions that read what was committed and published. */
  reading() {
    const { published, live } = this.stores;
    return {
      env: {
        DATABASE_URL: this.database.url("countersign_app"),
        ORIGIN_PREFIX: this.settings.originPrefix,
        PUBLISHED_BUCKET: published.bucketName,
        LIVE_BUCKET: live.bucketName,
      },
      places: {
        database: this.database.arn,
        published: published.bucketArn,
        live: live.bucketArn,
      },
    };
  }

  /** For functions that run commands and nudge `next`. */
  commanding(next: Nudges) {
    const { env, places } = this.reading();
    const { wrappedKeys } = this.stores;
    const { keyArn } = this.dataKey.key;
    return {
      env: {
        ...env,
        DATA_KEY_ID: keyArn,
        WRAPPED_KEYS_BUCKET: wrappedKeys.bucketName,
        NUDGE_QUEUE_URL: next.queue.queueUrl,
      },
      places: {
        ...places,
        dataKey: keyArn,
        wrappedKeys: wrappedKeys.bucketArn,
        nudges: next.queue.queueArn,
      },
      objectsKeyArn: this.stores.objectsKey.keyArn,
    };
  }

  /** For functions that verify what the signer signed: they know it by names. */
  signing() {
    const { names } = DeploymentStack.of(this);
    const [ed25519Key, mldsa44Key] = [
      names.signingKeyArns("ed25519"),
      names.signingKeyArns("mldsa44"),
    ];
    return {
      env: { ED25519_KEY_IDS: ed25519Key.join(","), MLDSA44_KEY_IDS: mldsa44Key.join(",") },
      places: { ed25519Key, mldsa44Key },
    };
  }
}
