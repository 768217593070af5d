import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { qldbClients } from "../../functions/adapters/qldb/clients.ts";
import { qldbEngine } from "../../functions/adapters/qldb/engine.ts";
import { ensureLedger } from "../../local/platform/ensure-ledger.ts";
import { startQldbStub } from "../../local/qldb/stub.ts";
import { fromUtf8 } from "../../shared/base/bytes.ts";
import { tableName } from "../../shared/qldb/record-document.ts";
import { parseRevision } from "../../shared/qldb/revision.ts";
import { memoryOutbox } from "../qldb/memory-outbox.ts";
import { contractLog, type LedgerUnderTest, ledgerEngineContract } from "./ledger.ts";

ledgerEngineContract("qldb", async (): Promise<LedgerUnderTest> => {
  const folder = await mkdtemp(join(tmpdir(), "qldb-contract-"));
  let losesCommit = false;
  const stub = await startQldbStub({
    folder,
    fateOf: (command) => {
      if (!losesCommit || command !== "CommitTransaction") return "fine";
      losesCommit = false;
      return "lost";
    },
  });
  const connect = () => qldbClients(localClientConfig(stub.endpoint), "countersign");
  const [first, second] = [connect(), connect()];
  await ensureLedger(first);
  const outbox = memoryOutbox(contractLog);
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
    lastWithout: ({ revision }) =>
      BigInt(parseRevision(fromUtf8(revision ?? new Uint8Array())).blockAddress.sequenceNo),
    dispose: async () => {
      first.close();
      second.close();
      await stub.stop();
      await rm(folder, { recursive: true });
    },
  };
});
