import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { KMSClient } from "@aws-sdk/client-kms";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { kmsCheckpointKey } from "../../functions/adapters/kms/checkpoint-key.ts";
import { postgresPending } from "../../functions/adapters/postgres/pending.ts";
import type { Pool } from "../../functions/adapters/postgres/pool.ts";
import { qldbClients } from "../../functions/adapters/qldb/clients.ts";
import { type QldbEngine, qldbEngine } from "../../functions/adapters/qldb/engine.ts";
import { wallClock } from "../../functions/http/clock.ts";
import type { CheckpointKey } from "../../shared/ports/keys.ts";
import type { PendingRecords } from "../../shared/ports/pending.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { digestLine, digestOrigin } from "../../shared/qldb/digest-note.ts";
import { StartFailure } from "../postgres/start-failure.ts";
import { startQldbStubApart } from "../qldb/apart.ts";
import { ensureLedger } from "./ensure-ledger.ts";
import { ensureKey } from "./kms-keys.ts";

/** The engines a platform of this machine can have. */
export const ledgerKinds = ["tlog", "qldb"] as const;
export type LedgerKind = (typeof ledgerKinds)[number];

/** The one ledger of a platform whose engine is QLDB. No insurer can have its name. */
export const ledgerName = "qldb-ledger";

/** A QLDB ledger on this machine: the stub, the engine over it, and the key that signs its digests. */
export interface LocalQldb {
  readonly engine: QldbEngine;
  readonly outbox: PendingRecords;
  readonly key: CheckpointKey;
  readonly origin: string;
  /** Line 4 of each signed digest. */
  readonly extension: string;
  /** Closes the connections to it. */
  close(): void;
}

const keyAlias = "alias/countersign-qldb-digest";
const folderOf = (folder: string): string => join(folder, "qldb");

/** The engine that the platform in `folder` was begun with. */
export const kindOf = (folder: string): LedgerKind =>
  existsSync(folderOf(folder)) ? "qldb" : "tlog";

/** The engine of a platform can't be changed. Throws StartFailure where the one in `folder` has another than `kind`. */
export function requireKind(folder: string, kind: LedgerKind): void {
  const begun = existsSync(join(folder, "published"));
  const was = kindOf(folder);
  if (!begun || was === kind) return;
  throw new StartFailure(
    `${folder} holds a platform whose ledger is ${was}: start it with --ledger ${was}, or name another folder.`,
  );
}

/** Starts the stub on its own data in `folder`. */
export const startLedgerStub = (
  folder: string,
  log: (line: string) => void,
): ReturnType<typeof startQldbStubApart> => startQldbStubApart(folderOf(folder), faultsTo(log));

/** Opens the ledger of the stub at `endpoint`, made where it is missing. */
export async function openQldb(
  endpoint: string,
  originPrefix: string,
  kms: KMSClient,
  sequencer: Pool,
): Promise<LocalQldb> {
  const clients = qldbClients(localClientConfig(endpoint), ledgerName);
  try {
    await activeLedger(() => ensureLedger(clients));
    await ensureKey(kms, keyAlias, "ECC_NIST_EDWARDS25519");
    const outbox = postgresPending(sequencer, wallClock);
    const engine = qldbEngine({ clients, outbox });
    return {
      engine,
      outbox,
      key: kmsCheckpointKey(kms, keyAlias, "ed25519"),
      origin: digestOrigin(originPrefix, ledgerName),
      extension: digestLine(await engine.journal.strandId()),
      close: () => clients.close(),
    };
  } catch (error) {
    clients.close();
    throw error;
  }
}

/** What the service refuses, such as the loser of a race, its clients deal with: only faults of the stub itself are for a person. */
const faultsTo =
  (log: (line: string) => void) =>
  (line: string): void => {
    if (!line.includes("Exception: ")) log(line);
  };

const attempts = 20;
const pauseMs = 100;

/** A ledger takes a moment to become active. */
async function activeLedger(ensure: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ensure();
    } catch (error) {
      if (!(error instanceof Unavailable) || attempt === attempts) throw error;
    }
    await sleep(pauseMs);
  }
}
