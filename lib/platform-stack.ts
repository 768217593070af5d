import { CfnOutput, Duration, Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { names as adjudicatorNames } from "../functions/adjudicator/env.ts";
import { names as claimantNames } from "../functions/claimant/env.ts";
import { names as insurerNames } from "../functions/insurer/env.ts";
import { names as migrateNames } from "../functions/migrate/env.ts";
import { qldbNeeds } from "../functions/needs.ts";
import { names as publicNames } from "../functions/public/env.ts";
import { names as publishedNames } from "../functions/published/env.ts";
import { names as sequencerNames } from "../functions/sequencer/env.ts";
import { routeTable } from "../shared/api/routes.ts";
import { DataKey } from "./data-key.ts";
import { Database } from "./database.ts";
import { HttpApi } from "./http-api.ts";
import { Identity } from "./identity.ts";
import { Nudges, Sweep } from "./jobs.ts";
import { PlatformFunction } from "./platform-function.ts";
import { QldbLedger } from "./qldb-ledger.ts";
import type { Settings } from "./settings.ts";
import { Stores } from "./stores.ts";

/** From the request to the committed record and its place in the ledger. */
export class PlatformStack extends Stack {
  readonly database: Database;
  readonly stores: Stores;
  /** Wakes the signer and the publisher, which stand in stacks of their own. */
  readonly toSign: Nudges | undefined;
  readonly toPublish: Nudges | undefined;

  constructor(scope: Construct, id: string, props: StackProps & { readonly settings: Settings }) {
    super(scope, id, props);
    const { ledger, originPrefix: ORIGIN_PREFIX } = props.settings;
    this.database = new Database(this, "Database");
    this.stores = new Stores(this, "Stores");
    const { published, wrappedKeys } = this.stores;
    const { key } = new DataKey(this, "DataKey");
    const toAdjudicate = new Nudges(this, "ToAdjudicate");
    const toSequence = ledger === "tlog" ? new Nudges(this, "ToSequence") : undefined;
    const qldb = ledger === "qldb" ? new QldbLedger(this, "Qldb") : undefined;

    const asApp = { DATABASE_URL: this.database.url("countersign_app"), ORIGIN_PREFIX };
    const reading = { ...asApp, PUBLISHED_BUCKET: published.bucketName };
    const commanding = {
      ...reading,
      DATA_KEY_ID: key.keyArn,
      WRAPPED_KEYS_BUCKET: wrappedKeys.bucketName,
    };
    const places = {
      database: this.database.arn,
      dataKey: key.keyArn,
      published: published.bucketArn,
      wrappedKeys: wrappedKeys.bucketArn,
      ...(qldb ? { ledger: qldb.arn } : {}),
    };
    const nudging = (next: Nudges) => ({
      env: { ...commanding, NUDGE_QUEUE_URL: next.queue.queueUrl },
      places: { ...places, nudges: next.queue.queueArn },
    });
    const engine = qldb ? { extraNeeds: qldbNeeds } : {};

    const claimant = new PlatformFunction(this, "Claimant", {
      name: "claimant",
      names: claimantNames,
      ...nudging(toAdjudicate),
    });
    const insurer = new PlatformFunction(this, "Insurer", {
      name: "insurer",
      names: insurerNames,
      ...nudging(toAdjudicate),
    });
    const open = new PlatformFunction(this, "Public", {
      name: "public",
      names: publicNames,
      env: reading,
      places,
      ...engine,
    });
    const files = new PlatformFunction(this, "PublishedFiles", {
      name: "published",
      names: publishedNames,
      env: { PUBLISHED_BUCKET: published.bucketName },
      places,
    });
  }
}
