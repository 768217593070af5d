import type { TransactionExecutor } from "amazon-qldb-driver-nodejs";
import { tableName } from "../../../shared/qldb/record-document.ts";
import type { QldbClients } from "./clients.ts";

/** Fields a record is found by; everything else would be a table scan. */
export const indexedFields = ["eventId", "index"] as const;

/** Most tables, and so logs, of one ledger (service quota: active tables). */
export const maxLogs = 20;

/** A ledger has no room for the table of another log. */
export class LedgerFull extends Error {
  override readonly name = "LedgerFull";
}

/** Makes table and indexes where they are missing; several processes may try at once. Throws LedgerFull beyond {@link maxLogs}. */
export async function ensureTable(clients: QldbClients, log: string): Promise<void> {
  const table = tableName(log);
  await clients.driver.executeLambda(async (transaction) => {
    const tables = await activeTables(transaction);
    if (tables.includes(table)) return;
    if (tables.length >= maxLogs) {
      throw new LedgerFull(
        `The ledger holds the ${maxLogs} tables QLDB allows, one a log: ${log} needs another ledger.`,
      );
    }
    await transaction.execute(`CREATE TABLE ${table}`);
  });
  for (const field of indexedFields) {
    await clients.driver.executeLambda(async (transaction) => {
      if (!(await indexes(transaction, log)).includes(`[${field}]`)) {
        await transaction.execute(`CREATE INDEX ON ${table} ("${field}")`);
      }
    });
  }
}

/** Names of the ledger's tables. */
export async function activeTables(transaction: TransactionExecutor): Promise<string[]> {
  const found = await transaction.execute(
    "SELECT VALUE name FROM information_schema.user_tables WHERE status = 'ACTIVE'",
  );
  return found.getResultList().map((name) => name.stringValue() ?? "");
}

async function indexes(transaction: TransactionExecutor, log: string): Promise<string[]> {
  const found = await transaction.execute(
    "SELECT VALUE indexes FROM information_schema.user_tables WHERE name = ?",
    tableName(log),
  );
  const [list] = found.getResultList();
  return list?.elements().map((index) => index.get("expr")?.stringValue() ?? "") ?? [];
}
