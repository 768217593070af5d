import { toHex, utf8 } from "../../../shared/base/bytes.ts";
import type {
  Evidence,
  LedgerDigest,
  LedgerEngine,
  LedgerProof,
  PendingRecord,
  Placed,
} from "../../../shared/ports/ledger.ts";
import type { PendingRecords } from "../../../shared/ports/pending.ts";
import { extendsJournal, extensionEvidence } from "../../../shared/qldb/extension.ts";
import type { QldbClients } from "./clients.ts";
import { documentOf, verifyRecord } from "./document.ts";
import { translated } from "./failure.ts";
import { Journal } from "./journal.ts";
import { findByLeafHash, insertIfMissing, positionsOf } from "./records.ts";
import { ensureTable, hasTable } from "./table.ts";

/** What an engine is made of. The outbox is a port: the engine has no database of its own. */
export interface QldbEngineParts {
  readonly clients: QldbClients;
  readonly outbox: PendingRecords;
}

const maxPerCall = 100;
const blocksAtOnce = 8;

/**
 * The ledger port on Amazon QLDB: one ledger, one table per log, one transaction and so one block per record, which makes the block's
 * sequence number the record's position. The order is outbox, ledger, read back, clear: whatever is lost on the way, the next call
 * finds the record by its eventId and inserts nothing twice. The digest covers the ledger, so all its logs. Throws Unavailable.
 */
export function qldbEngine({ clients, outbox }: QldbEngineParts): LedgerEngine {
  const journal = new Journal(clients);
  /** Logs whose table was seen, and those whose indexes were too. */
  const known = new Set<string>();
  const ready = new Set<string>();

  async function sequence(log: string): Promise<readonly Placed[]> {
    const waiting = await outbox.first(log, maxPerCall);
    if (waiting.length === 0) return [];
    const placed = await translated(() => place(log, waiting));
    await outbox.clear(
      log,
      placed.map(({ eventId }) => eventId),
    );
    return placed;
  }

  async function place(log: string, waiting: readonly PendingRecord[]): Promise<Placed[]> {
    if (!ready.has(log)) await ensureTable(clients, log);
    ready.add(log);
    for (const pending of waiting) await insertIfMissing(clients, log, documentOf(pending));
    const eventIds = waiting.map(({ eventId }) => eventId);
    return positionsOf(clients, log, eventIds);
  }

  async function exists(log: string): Promise<boolean> {
    if (!known.has(log) && (await hasTable(clients, log))) known.add(log);
    return known.has(log);
  }

  const digest = async (log: string): Promise<LedgerDigest | undefined> =>
    (await exists(log)) ? journal.digest() : undefined;

  async function evidence(from: LedgerDigest, to: LedgerDigest): Promise<Evidence> {
    const tip = await journal.block(from.size - 1n, from.size);
    const later: Uint8Array[] = [];
    for (let start = from.size; start < to.size; start += BigInt(blocksAtOnce)) {
      const count = Math.min(blocksAtOnce, Number(to.size - start));
      const blocks = await Promise.all(
        Array.from({ length: count }, (_, i) => journal.block(start + BigInt(i))),
      );
      later.push(...blocks.map(({ block }) => block.entriesHash));
    }
    return extensionEvidence(tip.proof, tip.block.blockHash, later);
  }

  async function prove(
    log: string,
    leafHash: Uint8Array,
    { size }: LedgerDigest,
  ): Promise<LedgerProof | undefined> {
    if (!(await exists(log))) return undefined;
    const found = await findByLeafHash(clients, log, toHex(leafHash));
    if (found === undefined || found.position >= size) return undefined;
    const { text, proof } = await journal.revision(found.position, found.documentId, size);
    return { position: found.position, hashes: proof, revision: utf8(text) };
  }

  return {
    kind: "qldb",
    sequence,
    digest: (log) => translated(() => digest(log)),
    evidence: (_log, from, to) => translated(() => evidence(from, to)),
    prove: (log, leafHash, at) => translated(() => prove(log, leafHash, at)),
    extends: extendsJournal,
    verify: verifyRecord,
  };
}
