import { committedEntries } from "../../functions/adapters/postgres/publishing.ts";
import { LedgerAhead } from "../../functions/adapters/qldb/strangers.ts";
import type { ReceiptSource } from "../../functions/command/receipt-source.ts";
import { receiptsOfLogs } from "../../functions/command/receipt-source.ts";
import { advanceJournal, type JournalPorts } from "../../functions/publisher/advance-journal.ts";
import type { LogAlarm } from "../../functions/publisher/alarm.ts";
import { entriesIn } from "../../functions/publisher/entries-in.ts";
import { receiptsOfJournal } from "../../functions/publisher/journal-receipt.ts";
import { publishedJournal } from "../../functions/publisher/published-journal.ts";
import { initSigner, signingGate } from "../../functions/signer/core.ts";
import { latestKey } from "../../functions/signer/latest.ts";
import { logKeysOf } from "../../functions/signer/sign-note.ts";
import { publishedKey } from "../../shared/api/log-path.ts";
import { assert } from "../../shared/base/malformed.ts";
import { keptHashes } from "../../shared/qldb/folded-journal.ts";
import type { Connections } from "./connect.ts";
import { type HistoryPorts, OtherHistory, requireOneHistory } from "./one-history.ts";
import { HalfOpen } from "./open-log.ts";
import { type LocalQldb, ledgerName } from "./qldb.ts";

/** The ports of a QLDB ledger's walk, for the logs of `insurers`. */
export function journalPorts(
  services: Connections,
  insurers: () => Promise<readonly string[]>,
): JournalPorts {
  const { published, signed, ports, pools } = services;
  const { engine, outbox, key, origin, extension } = qldbOf(services);
  return {
    ledger: ledgerName,
    engine,
    journal: engine.journal,
    gate: signingGate({
      store: signed,
      keys: [key],
      extend: engine.extend,
      originOf: () => origin,
      extensions: [extension],
      clock: ports.clock,
    }),
    insurers,
    published,
    logKeys: () => logKeysOf([key], origin),
    opened: new Map(),
    entriesIn: entriesIn(outbox, committedEntries(pools.publisher)),
    known: new Map(),
  };
}

/** Lets the ledger's digests be signed, once: a signer without a state of a ledger that was published has forgotten it. Throws HalfOpen. */
export async function openJournal({ published, signed, qldb }: Connections): Promise<void> {
  const held = await signed.get(latestKey(ledgerName));
  const shown = await published.get(publishedKey(ledgerName, "checkpoint"));
  if (shown && !held) {
    throw new HalfOpen(
      `The digests of ${qldb?.origin ?? ledgerName} are missing from the signer's store but not from the published folder: restore what is missing.`,
    );
  }
  await initSigner(signed, ledgerName);
}

/**
 * The ledger continues what was signed and published of it, and the database, whose `insurers` these are, gave all it holds: no copy of either is
 * older than the other. Reads only. Throws OtherHistory; Unavailable.
 */
export async function requireOneJournal(
  services: Connections,
  insurers: readonly string[],
): Promise<void> {
  const { journal, ...ports } = journalPorts(services, async () => insurers);
  const { engine, origin } = qldbOf(services);
  const history: HistoryPorts = {
    ...ports,
    engine: { ...engine, digest: () => journal.digest() },
    held: { in: "ledger", as: "blocks" },
    publishedState: async (digest) => {
      const read = await publishedJournal(ports, ledgerName, digest);
      return "alarm" in read ? read : { ...digest, frontier: keptHashes(read) };
    },
  };
  await requireOneHistory(history, ledgerName, origin);
  try {
    await engine.requireKnown(insurers);
  } catch (error) {
    if (!(error instanceof LedgerAhead)) throw error;
    throw new OtherHistory(`${error.message} Nothing was changed.`);
  }
}

/** Where this platform's receipts come from. */
export const receiptSource = ({ published, qldb }: Connections): ReceiptSource =>
  qldb ? receiptsOfJournal({ ledger: ledgerName, published, ...qldb }) : receiptsOfLogs(published);

/** Advances the ledger until nothing waits and its newest block is published; `alarmed` throws what it is told. */
export async function settleJournal(
  ports: JournalPorts,
  alarmed: (alarm: LogAlarm) => Error,
): Promise<void> {
  for (;;) {
    const step = await advanceJournal(ports);
    if ("alarm" in step) throw alarmed(step);
    const { size } = await ports.journal.digest();
    if (step.placed === 0 && size === step.size) return;
  }
}

function qldbOf({ qldb }: Connections): LocalQldb {
  assert(qldb !== undefined, "this platform's ledger is QLDB");
  return qldb;
}
