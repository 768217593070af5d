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
import type { EvidenceStore } from "../../shared/ports/evidence.ts";
import type { CheckpointKey } from "../../shared/ports/keys.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import type { Uploads } from "../../shared/ports/uploads.ts";
import { type KmsStub, startKmsStub } from "../kms/stub.ts";
import { folderStore } from "../objects/folder.ts";
import type { Role } from "../postgres/roles.ts";
import { type DatabaseServer, findServer, prepareDatabase } from "../postgres/where.ts";
import { serveS3 } from "../s3/serve.ts";
import { keptGenerations } from "./kept-generations.ts";
import { forgetSeeded } from "./kept-seed.ts";
import { dataAlias, ensureKey, signingAlias } from "./kms-keys.ts";
import { type LedgerKind, type LocalQldb, openQldb, requireKind } from "./qldb.ts";
import { type LocalWitness, startWitness } from "./witness.ts";

/** Where a platform of this machine lives. */
export interface ServicesOptions {
  readonly folder: string;
  readonly database: string;
  /** DATABASE_URL, if the person has a PostgreSQL of their own. */
  readonly databaseUrl: string | undefined;
  readonly originPrefix: string;
  /** The generations of signing keys that sign; those of the last start if absent. */
  readonly signingKeys?: Generations;
  /** False where published and sealed folders can be made again from the database: they are then not fsynced. */
  readonly durablePublished: boolean;
  /** Whether what records seal is copied, so that a lost database can be rebuilt. Default true. */
  readonly rebuildable?: boolean;
  /** Whether a PostgreSQL that is started here goes with this process, even one that is killed. */
  readonly endsWithUs?: boolean | undefined;
  /** The folder of trust policies whose logs a witness beside the platform cosigns; absent: no witness. */
  readonly witnessed?: string;
  /** The engine of the ledger; default tlog. */
  readonly ledger?: LedgerKind | undefined;
  readonly log: (line: string) => void;
}

/** Everything the function cores need, on this machine: PostgreSQL, the KMS stub, folders for objects. */
export interface Services {
  readonly ports: OperatorPorts;
  readonly server: DatabaseServer;
  readonly kmsEndpoint: string;
  readonly database: string;
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
  /** Who must cosign each checkpoint before it is shown. */
  readonly witness?: LocalWitness;
  stop(): Promise<void>;
}

/** Starts the stubs and the database, migrates it, and opens the ports. On failure everything that was started is stopped. */
export async function startServices(options: ServicesOptions): Promise<Services> {
  const { folder, database, log } = options;
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  requireKind(folder, options.ledger ?? "tlog");
  const witness = witnessOf(options);
  stops.push(async () => (await witness.catch(() => undefined))?.stop());
  try {
    const server = await findServer(options.databaseUrl, {
      folder: join(folder, "postgres"),
      log,
      restartOnCrash: true,
      endsWithUs: options.endsWithUs ?? false,
    });
    stops.push(() => server.stop());
    await prepareDatabase(server, database);
    const stub = await startKmsStub({ folder: join(folder, "kms") });
    stops.push(() => stub.stop());
    const kms = await openKms(stub);
    stops.push(async () => kms.destroy());
    const checkpointKeys = await openCheckpointKeys(
      kms,
      options.signingKeys ?? keptGenerations(folder),
    );
    const pools = openPools(server, database);
    for (const pool of Object.values(pools)) stops.push(() => pool.end());
    const qldb =
      options.ledger === "qldb" ? await openQldb(options, kms, pools.sequencer, log) : undefined;
    if (qldb) stops.push(() => qldb.stop());
    const durable = options.durablePublished;
    const published = folderStore(join(folder, "published"), { durable });
    const ports = commandPorts(options, kms, pools.app, published);
    const auditing = folderStore(join(folder, "auditing"));
    const sealed = folderStore(join(folder, "sealed"), { durable });
    const { objects, evidence, jobs, uploads } = await openDocuments(folder, stops);
    return {
      ports,
      eraser: {
        rows: eraserRows(pools.eraser),
        keys: ports.keys,
        sealed,
        evidence: objects,
        auditing,
        jobs,
        forget: async (_, person) => forgetSeeded(folder, person),
      },
      server,
      kmsEndpoint: stub.endpoint,
      database,
      pools,
      checkpointKeys,
      published,
      sealed,
      evidence,
      evidenceObjects: objects,
      auditing,
      jobs,
      uploads,
      rebuildable: !qldb && (options.rebuildable ?? true),
      ...(qldb && { qldb }),
      signed: folderStore(join(folder, "signer")),
      ...(await witness.then((witness) => witness && { witness })),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The folders of claims' documents and of files for jobs behind a stub of S3, and the adapters that run in AWS before it. */
async function openDocuments(folder: string, stops: (() => Promise<unknown>)[]) {
  const objects = folderStore(join(folder, "evidence"));
  const jobs = folderStore(join(folder, "jobs"));
  const stub = await serveS3({ evidence: objects, jobs });
  stops.push(() => stub.stop(0));
  const client = openS3(awsLimits, localClientConfig(stub.url));
  stops.push(async () => client.close());
  const evidence = s3Evidence(client, "evidence", wallClock);
  return { objects, evidence, jobs, uploads: s3Uploads(client, "jobs", wallClock) };
}

/** Started while the database starts: its failure is told by whoever awaits it. */
function witnessOf(options: ServicesOptions): Promise<LocalWitness | undefined> {
  const { folder, witnessed, log } = options;
  // A QLDB digest is no tree that a witness could check.
  if (witnessed === undefined || options.ledger === "qldb") return Promise.resolve(undefined);
  const starting = startWitness({ folder: join(folder, "witness"), policies: witnessed, log });
  starting.catch(() => undefined);
  return starting;
}

async function openKms({ endpoint }: KmsStub): Promise<KMSClient> {
  const kms = new KMSClient({ ...awsLimits, ...localClientConfig(endpoint) });
  await ensureKey(kms, dataAlias, "SYMMETRIC_DEFAULT");
  return kms;
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

function openPools(server: DatabaseServer, database: string): Services["pools"] {
  const open = (role: Role, max: number) =>
    openPool({ url: server.url(role, database), max, applicationName: `countersign ${role}` });
  return {
    app: open("app", 12),
    sequencer: open("sequencer", 4),
    publisher: open("publisher", 4),
    auditor: open("auditor", 4),
    eraser: open("eraser", 2),
  };
}

/** What commands take, over one pool of the app role. */
export function commandPorts(
  { folder, originPrefix }: Pick<ServicesOptions, "folder" | "originPrefix">,
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
