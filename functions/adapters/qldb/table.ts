import type { TransactionExecutor } from "amazon-qldb-driver-nodejs";
import type { QldbClients } from "./clients.ts";

/** Fields a record is found by; everything else would be a table scan. */
export const indexedFields = ["eventId", "leafHash"] as const;

/** The table of a log: an insurer id has no underscore, a table name no hyphen, so each has its own. */
export const tableName = (log: string): string => `log_${log.replaceAll("-", "_")}`;

/** Whether the log has a table, that is, whether anything was ever sequenced. */
export const hasTable = (clients: QldbClients, log: string): Promise<boolean> =>
  clients.driver.executeLambda(async (transaction) => (await catalogRow(transaction, log)) > 0);

/** Makes table and indexes where they are missing; several processes may try at once. */
export async function ensureTable(clients: QldbClients, log: string): Promise<void> {
  const table = tableName(log);
  await clients.driver.executeLambda(async (transaction) => {
    if ((await catalogRow(transaction, log)) === 0) {
      await transaction.execute(`CREATE TABLE ${table}`);
    }
  });
  for (const field of indexedFields) {
    await clients.driver.executeLambda(async (transaction) => {
      if (!(await indexes(transaction, log)).includes(`[${field}]`)) {
        await transaction.execute(`CREATE INDEX ON ${table} (${field})`);
      }
    });
  }
}

async function catalogRow(transaction: TransactionExecutor, log: string): Promise<number> {
  const found = await transaction.execute(
    "SELECT VALUE name FROM information_schema.user_tables WHERE name = ?",
    tableName(log),
  );
  return found.getResultList().length;
}

async function indexes(transaction: TransactionExecutor, log: string): Promise<string[]> {
  const found = await transaction.execute(
    "SELECT VALUE indexes FROM information_schema.user_tables WHERE name = ?",
    tableName(log),
  );
  const [list] = found.getResultList();
  return list?.elements().map((index) => index.get("expr")?.stringValue() ?? "") ?? [];
}
