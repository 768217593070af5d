import { join } from "node:path";
import type { Generations } from "../../shared/base/generations.ts";
import { startKmsStub } from "../kms/stub.ts";
import { type DatabaseServer, findServer, prepareDatabase } from "../postgres/where.ts";
import { serveS3 } from "../s3/serve.ts";
import {
  type Connections,
  connectServices,
  documentFolders,
  type ServicesPlace,
} from "./connect.ts";
import { keptGenerations } from "./kept-generations.ts";
import { type LedgerKind, requireKind, startLedgerStub } from "./qldb.ts";
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
  /** See {@link ServicesPlace}. */
  readonly durablePublished: boolean;
  /** See {@link ServicesPlace}. Default true. */
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
export interface Services extends Connections {
  readonly server: DatabaseServer;
  readonly kmsEndpoint: string;
  readonly database: string;
  /** Where all of it is, for a thread to connect to. */
  readonly place: ServicesPlace;
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
    const kms = await startKmsStub({ folder: join(folder, "kms") });
    stops.push(() => kms.stop());
    const documents = await serveS3(documentFolders(folder));
    stops.push(() => documents.stop(0));
    const qldb = options.ledger === "qldb" ? await startLedgerStub(folder, log) : undefined;
    stops.push(async () => qldb?.stop());
    const place = {
      folder,
      originPrefix: options.originPrefix,
      kmsEndpoint: kms.endpoint,
      documentsEndpoint: documents.url,
      qldbEndpoint: qldb?.endpoint,
      databaseUrls: urlsOf(server, database),
      signingKeys: options.signingKeys ?? keptGenerations(folder),
      durablePublished: options.durablePublished,
      rebuildable: !qldb && (options.rebuildable ?? true),
      witness: (await witness)?.line,
    };
    const connections = await connectServices(place, stops);
    return { ...connections, server, kmsEndpoint: kms.endpoint, database, place, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const urlsOf = (server: DatabaseServer, database: string): ServicesPlace["databaseUrls"] => ({
  app: server.url("app", database),
  sequencer: server.url("sequencer", database),
  publisher: server.url("publisher", database),
  auditor: server.url("auditor", database),
  eraser: server.url("eraser", database),
});

/** Started while the database starts: its failure is told by whoever awaits it. */
function witnessOf(options: ServicesOptions): Promise<LocalWitness | undefined> {
  const { folder, witnessed, log } = options;
  // A QLDB digest is no tree that a witness could check.
  if (witnessed === undefined || options.ledger === "qldb") return Promise.resolve(undefined);
  const starting = startWitness({ folder: join(folder, "witness"), policies: witnessed, log });
  starting.catch(() => undefined);
  return starting;
}
