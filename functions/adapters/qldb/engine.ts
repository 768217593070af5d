import { setTimeout as sleep } from "node:timers/promises";
import { utf8 } from "../../../shared/base/bytes.ts";
import { least } from "../../../shared/base/least.ts";
import type {
  Extension,
  LedgerDigest,
  LedgerEngine,
  LedgerProof,
  Placed,
} from "../../../shared/ports/ledger.ts";
import type { PendingRecords } from "../../../shared/ports/pending.ts";
import { LostRace } from "../../../shared/ports/store.ts";
import { Unavailable } from "../../../shared/ports/unavailable.ts";
import { extendJournal, mostBlocksShown } from "../../../shared/qldb/extension.ts";
import { isLostRace } from "../postgres/translate.ts";
import type { QldbClients } from "./clients.ts";
import { verifyRecord } from "./document.ts";
import { translated } from "./failure.ts";
import { Journal } from "./journal.ts";
import { insertMissing, maxDocuments, placedFrom } from "./records.ts";
import { refuseStrangers, refuseUnknown } from "./strangers.ts";
import { ensureTable } from "./table.ts";

/** What an engine is made of. The outbox is a port: the engine has no database of its own. */
export interface QldbEngineParts {
  readonly clients: QldbClients;
  readonly outbox: PendingRecords;
  /** Blocks that one extension shows; default, and at most, {@link mostBlocksShown}. */
  readonly blocksShown?: number;
}

/** The ledger port, and the journal all its logs are in. */
export interface QldbEngine extends LedgerEngine {
  readonly kind: "qldb";
  readonly journal: Journal;
  /** Throws LedgerAhead if the ledger holds a log beside `logs`, which are all the database has, or records that the outbox never gave. */
  requireKnown(logs: readonly string[]): Promise<void>;
}

/** What was placed, with the traces its records had while they waited. */
function traced(placed: readonly Placed[], waiting: Waiting): readonly Placed[] {
  const traces = new Map(waiting.map(({ eventId, traceId }) => [eventId, traceId]));
  return placed.map((each) => ({ ...each, traceId: traces.get(each.eventId) ?? null }));
}
type Waiting = Awaited<ReturnType<PendingRecords["first"]>>;

const blocksAtOnce = 8;
const maxAttempts = 30;
/** So many races lost in a row, and it is asked whether anybody else is there. */
const attemptsInDoubt = 10;
const longestPauseMs = 100;

/**
 * The ledger port on Amazon QLDB: one ledger, one table per log, at most 40 records a transaction and so a block. A record's position is its place in its
 * log, which its document holds. The order is outbox, ledger, read back, clear: whatever is lost on the way, the next call finds what stands at the next
 * positions and inserts nothing twice. The digest covers the ledger, so all its logs. Throws Unavailable, LedgerFull, LedgerAhead.
 */
export function qldbEngine({
  clients,
  outbox,
  blocksShown = mostBlocksShown,
}: QldbEngineParts): QldbEngine {
  const journal = new Journal(clients);
  /** Logs whose table and indexes were seen. */
  const ready = new Set<string>();

  async function sequence(log: string): Promise<readonly Placed[]> {
    for (let attempt = 1; ; attempt++) {
      const count = await outbox.placedCount(log);
      const waiting = await outbox.first(log, maxDocuments);
      if (waiting.length === 0) return [];
      const placed = await translated(async () => {
        if (!ready.has(log)) await ensureTable(clients, log);
        ready.add(log);
        await insertMissing(clients, log, count, waiting);
        return placedFrom(clients, log, count, waiting.length);
      });
      if (placed.length > 0 && (await cleared(log, count, placed))) return traced(placed, waiting);
      if (attempt % attemptsInDoubt === 0) {
        await translated(() => refuseStrangers(clients, outbox, log));
      }
      if (attempt === maxAttempts) throw new Unavailable("qldb", "other sequencers keep winning");
      await sleep(Math.random() * Math.min(longestPauseMs, 2 ** attempt));
    }
  }

  /** Whether this caller took the placed records out of the outbox; if not, another one did. */
  async function cleared(...placed: Parameters<PendingRecords["place"]>): Promise<boolean> {
    try {
      await outbox.place(...placed);
      return true;
    } catch (error) {
      if (!(error instanceof LostRace) && !isLostRace(error)) throw error;
      return false;
    }
  }

  async function digest(log: string): Promise<LedgerDigest | undefined> {
    return (await outbox.placedCount(log)) > 0n ? journal.digest() : undefined;
  }

  /** The entries hash of each block after `from`, up to `to` or to the most that are shown at once. */
  async function extension(from: LedgerDigest, to: LedgerDigest): Promise<Extension> {
    const end = least(to.size, from.size + BigInt(blocksShown));
    const evidence: Uint8Array[] = [];
    for (let start = from.size; start < end; start += BigInt(blocksAtOnce)) {
      const count = Math.min(blocksAtOnce, Number(end - start));
      const blocks = await Promise.all(
        Array.from({ length: count }, (_, i) => journal.block(start + BigInt(i))),
      );
      evidence.push(...blocks.map(({ block }) => block.entriesHash));
    }
    return { to: end < to.size ? await journal.digestAt(end) : to, evidence };
  }

  async function prove(
    log: string,
    leafHash: Uint8Array,
    { size }: LedgerDigest,
  ): Promise<LedgerProof | undefined> {
    const found = await outbox.find(log, leafHash);
    if (found === undefined || found.sequenceNo >= size) return undefined;
    const { sequenceNo, documentId, position } = found;
    const { text, proof } = await journal.revision(sequenceNo, documentId, size);
    return { position, hashes: proof, revision: utf8(text) };
  }

  return {
    kind: "qldb",
    journal,
    requireKnown: (logs) => translated(() => refuseUnknown(clients, outbox, logs)),
    sequence,
    digest,
    extension: (_log, from, to) => extension(from, to),
    prove,
    extend: extendJournal,
    verify: verifyRecord,
  };
}
