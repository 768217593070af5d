import type { PendingRecords } from "../../../shared/ports/pending.ts";
import { logOfTable } from "../../../shared/qldb/record-document.ts";
import type { QldbClients } from "./clients.ts";
import { maxDocuments, placedFrom } from "./records.ts";
import { activeTables } from "./table.ts";

/** The ledger holds records that the database knows nothing of: that is a copy from before they were placed. */
export class LedgerAhead extends Error {
  override readonly name = "LedgerAhead";
}

/** {@link refuseStrangers} in each log of the ledger; `logs` are all that the database has, and the ledger may hold no other. */
export async function refuseUnknown(
  clients: QldbClients,
  outbox: PendingRecords,
  logs: readonly string[],
): Promise<void> {
  const tables = await clients.driver.executeLambda(activeTables);
  for (const log of tables.flatMap((table) => logOfTable(table) ?? [])) {
    if (!logs.includes(log)) throw ahead(`the log of ${log}`);
    await refuseStrangers(clients, outbox, log);
  }
}

/**
 * Throws LedgerAhead if a record stands at the next places of `log`, which has a table, that doesn't wait in the outbox. A crash between the ledger's commit
 * and the outbox's leaves a record in both; a database that was put back leaves it in the ledger alone.
 */
export async function refuseStrangers(
  clients: QldbClients,
  outbox: PendingRecords,
  log: string,
): Promise<void> {
  for (let count = await outbox.placedCount(log); ; ) {
    const next = await placedFrom(clients, log, count, maxDocuments);
    const eventIds = next.map(({ eventId }) => eventId);
    if ((await outbox.waiting(log, eventIds)) === next.length) return;
    const now = await outbox.placedCount(log);
    if (now === count) throw ahead(`records of ${log} from place ${count} on`);
    // Another sequencer took them out meanwhile.
    count = now;
  }
}

const ahead = (what: string): LedgerAhead =>
  new LedgerAhead(
    `The ledger holds ${what} that the database never gave it: the database is older than the ledger, restore a later backup of it.`,
  );
