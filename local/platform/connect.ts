import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { KMSClient } from "@aws-sdk/client-kms";
import { partCipher } from "../../functions/adapters/aes/part-cipher.ts";
import { awsLimits } from "../../functions/adapters/aws-limits.ts";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { kmsCheckpointKey } from "../../functions/adapters/kms/checkpoint-key.ts";
import { kmsDataKeys } from "../../functions/adapters/kms/data-keys.ts";
import { s3Evidence } from "../../functions/adapters/objects/evidence.ts";
import { openS3 } from "../../functions/adapters/objects/s3-client.ts";
import { s3Uploads } from "../../functions/adapters/objects/uploads.ts";
import { eraserRows } from "../../functions/adapters/postgres/eraser-rows.ts";
import { openPool, type Pool } from "../../functions/adapters/postgres/pool.ts";
import { postgresStore } from "../../functions/adapters/postgres/store.ts";
import { packCatalog } from "../../functions/command/pack-catalog.ts";
import { personKeys } from "../../functions/command/person-keys.ts";
import { pooled } from "../../functions/command/random.ts";
import type { EraserPorts } from "../../functions/eraser/effects.ts";
import { wallClock } from "../../functions/http/clock.ts";
import type { OperatorPorts } from "../../functions/operator/core.ts";
import type { Generations } from "../../shared/base/generations.ts";
import { logKeyTypes } from "../../shared/log/key.ts";
import type { PolicyWitness } from "../../shared/log/policy.ts";
import type { EvidenceStore } from "../../shared/ports/evidence.ts";
import type { CheckpointKey } from "../../shared/ports/keys.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import type { Uploads } from "../../shared/ports/uploads.ts";
import { folderStore } from "../objects/folder.ts";
import type { Role } from "../postgres/roles.ts";
import { forgetSeeded } from "./kept-seed.ts";
import { dataAlias, ensureKey, signingAlias } from "./kms-keys.ts";
import { type LocalQldb, openQldb } from "./qldb.ts";

/** Where the running services of a platform are: all of it can be sent to a thread. */
export interface ServicesPlace {
  readonly folder: string;
  readonly originPrefix: string;
  readonly kmsEndpoint: string;
  /** The stub of S3 over {@link documentFolders}. */
  readonly documentsEndpoint: string;
  /** The stub of QLDB, where that is the ledger's engine. */
  readonly qldbEndpoint?: string | undefined;
  /** By role, the database with that role's login. */
  readonly databaseUrls: Readonly<Record<Role, string>>;
  readonly signingKeys: Generations;
  /** False where published and sealed folders can be made again from the database: they are then not fsynced. */
  readonly durablePublished: boolean;
  /** Whether what records seal is copied, so that a lost database can be rebuilt. */
  readonly rebuildable: boolean;
  readonly witness?: PolicyWitness | undefined;
}

/** What the function cores need of running services. */
export interface Connections {
  readonly ports: OperatorPorts;
  readonly pools: Readonly<Record<Role, Pool>>;
  /** The keys that sign checkpoints, one of each type, two while keys are replaced. */
  readonly checkpointKeys: readonly CheckpointKey[];
  readonly published: ObjectStore;
  readonly sealed: ObjectStore;
  /** Documents of claims: the store with its presigned requests, and the folder the stub of S3 serves. */
  readonly evidence: EvidenceStore;
  readonly evidenceObjects: ObjectStore;
  /** Exports that auditors asked for, and the last verdict on each log. */
  readonly auditing: ObjectStore;
  /** What insurers asked for as jobs: uploads, progress and results, and the presigned requests of the first. */
  readonly jobs: ObjectStore;
  readonly uploads: Uploads;
  readonly rebuildable: boolean;
  readonly signed: ObjectStore;
  readonly eraser: EraserPorts;
  /** The ledger, where its engine is QLDB. */
  readonly qldb?: LocalQldb;
  /** Who must cosign each checkpoint before it is shown, as a line of a trust policy. */
  readonly witness?: { readonly line: PolicyWitness };
}

/** Most connections of each role. */
const connectionsAtMost = { app: 12, sequencer: 4, publisher: 4, auditor: 4, eraser: 2 } as const;

/** The folders of claims' documents and of files for jobs, by the bucket they are served as. */
export const documentFolders = (folder: string) => ({
  evidence: folderStore(join(folder, "evidence")),
  jobs: folderStore(join(folder, "jobs")),
});

/** Opens connections to the services at `place`; keys that are not there yet are made. `stops` takes what closes them. */
export async function connectServices(
  place: ServicesPlace,
  stops: (() => Promise<unknown>)[],
): Promise<Connections> {
  const { folder, durablePublished: durable, qldbEndpoint, rebuildable, witness } = place;
  const kms = new KMSClient({ ...awsLimits, ...localClientConfig(place.kmsEndpoint) });
  stops.push(async () => kms.destroy());
  await ensureKey(kms, dataAlias, "SYMMETRIC_DEFAULT");
  const checkpointKeys = await openCheckpointKeys(kms, place.signingKeys);
  const pools = openPools(place);
  for (const pool of Object.values(pools)) stops.push(() => pool.end());
  const qldb =
    qldbEndpoint === undefined
      ? undefined
      : await openQldb(qldbEndpoint, place.originPrefix, kms, pools.sequencer);
  stops.push(async () => qldb?.close());
  const published = folderStore(join(folder, "published"), { durable });
  const ports = commandPorts(place, kms, pools.app, published);
  const auditing = folderStore(join(folder, "auditing"));
  const sealed = folderStore(join(folder, "sealed"), { durable });
  const { evidence: evidenceObjects, jobs } = documentFolders(folder);
  const s3 = openS3(awsLimits, localClientConfig(place.documentsEndpoint));
  stops.push(async () => s3.close());
  return {
    ports,
    eraser: {
      rows: eraserRows(pools.eraser),
      keys: ports.keys,
      sealed,
      evidence: evidenceObjects,
      auditing,
      jobs,
      forget: async (_, person) => forgetSeeded(folder, person),
    },
    pools,
    checkpointKeys,
    published,
    sealed,
    evidence: s3Evidence(s3, "evidence", wallClock),
    evidenceObjects,
    auditing,
    jobs,
    uploads: s3Uploads(s3, "jobs", wallClock),
    rebuildable,
    signed: folderStore(join(folder, "signer")),
    ...(qldb && { qldb }),
    ...(witness && { witness: { line: witness } }),
  };
}

/** The pair of each generation, made where it is new: Ed25519 keys first, then ML-DSA-44 ones. */
async function openCheckpointKeys(
  kms: KMSClient,
  generations: Generations,
): Promise<CheckpointKey[]> {
  const specs = { ed25519: "ECC_NIST_EDWARDS25519", mldsa44: "ML_DSA_44" } as const;
  const keys: CheckpointKey[] = [];
  for (const type of logKeyTypes) {
    for (const generation of generations) {
      const alias = signingAlias(type, generation);
      await ensureKey(kms, alias, specs[type]);
      keys.push(kmsCheckpointKey(kms, alias, type));
    }
  }
  return keys;
}

function openPools({ databaseUrls }: ServicesPlace): Connections["pools"] {
  const open = (role: Role): Pool =>
    openPool({
      url: databaseUrls[role],
      max: connectionsAtMost[role],
      applicationName: `countersign ${role}`,
    });
  return {
    app: open("app"),
    sequencer: open("sequencer"),
    publisher: open("publisher"),
    auditor: open("auditor"),
    eraser: open("eraser"),
  };
}

/** What commands take, over one pool of the app role. */
export function commandPorts(
  { folder, originPrefix }: Pick<ServicesPlace, "folder" | "originPrefix">,
  kms: KMSClient,
  pool: Pool,
  published: ObjectStore,
): OperatorPorts {
  return {
    store: postgresStore(pool),
    keys: personKeys(kmsDataKeys(kms, dataAlias), folderStore(join(folder, "keys"))),
    cipher: partCipher,
    packs: packCatalog(published),
    originOf: (insurer) => `${originPrefix}/${insurer}`,
    random: pooled(randomBytes),
    clock: wallClock,
    sleep: (ms) => sleep(ms),
  };
}
