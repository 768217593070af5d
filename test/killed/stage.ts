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
import { httpWitnesses } from "../../functions/adapters/witness/http-witnesses.ts";
import { packCatalog } from "../../functions/command/pack-catalog.ts";
import { personKeys } from "../../functions/command/person-keys.ts";
import { wallClock } from "../../functions/http/clock.ts";
import type { OperatorPorts } from "../../functions/operator/core.ts";
import type { LogPorts } from "../../functions/publisher/ports.ts";
import { witnessingOf } from "../../functions/publisher/witnessing.ts";
import { signingGate } from "../../functions/signer/core.ts";
import { logKeysOf } from "../../functions/signer/sign-note.ts";
import { folderStore } from "../../local/objects/folder.ts";
import { parseVerifierKey } from "../../shared/log/key.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import type { Witnesses } from "../../shared/ports/witnesses.ts";
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
  /** Who must cosign: its verifier key and URL. */
  readonly witness: { readonly key: string; readonly url: string };
}

/** A database connection, a store or the witnesses as a process sees them, so that they can be watched. */
export interface Watching {
  pool(inner: Pool): Pool;
  store(name: string, inner: ObjectStore): ObjectStore;
  witnesses(inner: Witnesses): Witnesses;
}

const asItIs: Watching = {
  pool: (inner) => inner,
  store: (_, inner) => inner,
  witnesses: (inner) => inner,
};

/** The part of the trust policy that says whose cosignature a checkpoint of the sweep needs. */
export function quorumOf({ witness }: Setting): Witnesses["policy"] {
  const line = { name: "one", key: parseVerifierKey(witness.key, "witness"), url: witness.url };
  return { witnesses: [line], groups: [], quorum: line.name };
}

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
    gate: signingGate({ store: signed, keys, extend: engine.extend, originOf, clock: wallClock }),
    committed: committedEntries(publisher),
    published,
    live: published,
    sealed: store("sealed"),
    witnessing: witnessingOf(watching.witnesses(httpWitnesses(quorumOf(setting))), signed),
    logKeys: (name) => logKeysOf(keys, originOf(name)),
  };
  const close = async (): Promise<void> => {
    await Promise.all([app, sequencer, publisher].map((pool) => pool.end()));
    kms.destroy();
  };
  return { ports, walk, signed, published, close };
}
