import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { qldbClients } from "../../functions/adapters/qldb/clients.ts";
import { qldbEngine } from "../../functions/adapters/qldb/engine.ts";
import { ensureLedger } from "../../functions/adapters/qldb/ledger.ts";
import { tableName } from "../../functions/adapters/qldb/table.ts";
import { startQldbStub } from "../../local/qldb/stub.ts";
import type { PendingRecord } from "../../shared/ports/ledger.ts";
import type { PendingRecords } from "../../shared/ports/pending.ts";
import { contractLog, type LedgerUnderTest, ledgerEngineContract } from "./ledger.ts";

ledgerEngineContract("qldb", async (): Promise<LedgerUnderTest> => {
  const folder = await mkdtemp(join(tmpdir(), "qldb-contract-"));
  let losesCommit = false;
  const stub = await startQldbStub({
    folder,
    losesAnswerOf: (command) => {
      if (!losesCommit || command !== "CommitTransaction") return false;
      losesCommit = false;
      return true;
    },
  });
  const connect = () => qldbClients(localClientConfig(stub.endpoint), "countersign");
  const [first, second] = [connect(), connect()];
  await ensureLedger(first);
  const outbox = memoryOutbox();
  return {
    engine: qldbEngine({ clients: first, outbox }),
    secondEngine: qldbEngine({ clients: second, outbox }),
    submit: async (records) => outbox.add(records),
    loseNextAnswer: () => {
      losesCommit = true;
    },
    recordCount: async (log) => {
      const rows = await second.driver.executeLambda(async (transaction) =>
        (await transaction.execute(`SELECT eventId FROM ${tableName(log)}`)).getResultList(),
      );
      return BigInt(rows.length);
    },
    dispose: async () => {
      first.close();
      second.close();
      await stub.stop();
      await rm(folder, { recursive: true });
    },
  };
});

function memoryOutbox(): PendingRecords & { add(records: readonly PendingRecord[]): void } {
  const waiting = new Map<string, PendingRecord>();
  const order = (a: PendingRecord, b: PendingRecord) =>
    a.ord === b.ord ? (a.eventId < b.eventId ? -1 : 1) : a.ord < b.ord ? -1 : 1;
  return {
    add: (records) => {
      for (const record of records) waiting.set(record.eventId, record);
    },
    first: async (log, max) =>
      log === contractLog ? [...waiting.values()].sort(order).slice(0, max) : [],
    clear: async (_log, eventIds) => {
      for (const eventId of eventIds) waiting.delete(eventId);
    },
  };
}
