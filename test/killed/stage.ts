import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { KMSClient } from "@aws-sdk/client-kms";
import { partCipher } from "../../functions/adapters/aes/part-cipher.ts";
import { awsLimits } from "../../functions/adapters/aws-limits.ts";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { kmsCheckpointKey } from "../../functions/adapters/kms/checkpoint-key.ts";
import { kmsDataKeys } from "../../functions/adapters/kms/data-keys.ts";
import { openPool, type Pool } from "../../functions/adapters/postgres/pool.ts";
import { committedEntries } from "../../functions/adapters/postgres/publishing.ts";
import { postgresStore } from "../../functions/adapters/postgres/store.ts";
import { tlogEngine } from "../../functions/adapters/tlog/engine.ts";
import { packCatalog } from "../../functions/command/pack-catalog.ts";
import { personKeys } from "../../functions/command/person-keys.ts";
import { wallClock } from "../../functions/http/clock.ts";
import type { OperatorPorts } from "../../functions/operator/core.ts";
import type { LogPorts } from "../../functions/publisher/ports.ts";
import { signingGate } from "../../functions/signer/core.ts";
import { logKeysOf } from "../../functions/signer/sign-note.ts";
import { folderStore } from "../../local/objects/folder.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { random } from "../command/platform.ts";

/** Where every process of the sweep finds the same database, folders and KMS. */
export interface Setting {
  readonly urls: Readonly<Record<"app" | "sequencer" | "publisher", string>>;
  readonly folder: string;
  readonly kms: {
    readonly endpoint: string;
    readonly data: string;
    readonly ed25519: string;
    readonly mldsa44: string;
  };
}

/** A database connection or a store as a process sees it, so that it can be watched. */
export interface Watching {
  pool(inner: Pool): Pool;
  store(name: string, inner: ObjectStore): ObjectStore;
}

const asItIs: Watching = { pool: (inner) => inner, store: (_, inner) => inner };

export const insurer = "acme";
export const originOf = (name: string): string => `test.countersign.example/${name}`;

/** Commands and the walk over `setting`; the folders are durable, as a platform's are. */
export function openStage(setting: Setting, watching = asItIs) {
  const kms = new KMSClient({ ...awsLimits, ...localClientConfig(setting.kms.endpoint) });
  const app = openPool({ url: setting.urls.app, max: 4 });
  const sequencer = openPool({ url: setting.urls.sequencer, max: 2 });
  const publisher = openPool({ url: setting.urls.publisher, max: 2 });
  const store = (name: string) => watching.store(name, folderStore(join(setting.folder, name)));
  const [published, signed] = [store("published"), store("signed")];
  const ports: OperatorPorts = {
    store: postgresStore(app),
    keys: personKeys(kmsDataKeys(kms, setting.kms.data), store("keys")),
    cipher: partCipher,
    packs: packCatalog(published),
    originOf,
    random,
    clock: wallClock,
    sleep: (ms) => sleep(ms),
  };
  const keys = [
    kmsCheckpointKey(kms, setting.kms.ed25519, "ed25519"),
    kmsCheckpointKey(kms, setting.kms.mldsa44, "mldsa44"),
  ];
  const engine = tlogEngine({ pool: watching.pool(sequencer), clock: wallClock });
  const walk: Omit<LogPorts, "today"> = {
    engine,
    gate: signingGate({ store: signed, keys, extends: engine.extends, originOf, clock: wallClock }),
    committed: committedEntries(publisher),
    published,
    live: published,
    sealed: store("sealed"),
    logKeys: (name) => logKeysOf(keys, originOf(name)),
  };
  const close = async (): Promise<void> => {
    await Promise.all([app, sequencer, publisher].map((pool) => pool.end()));
    kms.destroy();
  };
  return { ports, walk, signed, published, close };
}
