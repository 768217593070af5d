import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { type QldbClients, qldbClients } from "../../functions/adapters/qldb/clients.ts";
import { qldbEngine } from "../../functions/adapters/qldb/engine.ts";
import { ensureLedger } from "../../functions/adapters/qldb/ledger.ts";
import { type QldbStub, startQldbStub } from "../../local/qldb/stub.ts";
import { fromUtf8, toHex } from "../../shared/base/bytes.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { contractLog, records } from "../contract/ledger.ts";

describe("the qldb engine and its service's bad days", () => {
  let folder: string;
  let stub: QldbStub;
  let clients: QldbClients;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "qldb-engine-"));
    stub = await startQldbStub({ folder });
    clients = qldbClients(localClientConfig(stub.endpoint), "countersign");
    await ensureLedger(clients);
  });
  afterEach(async () => {
    clients.close();
    await stub.stop();
    await rm(folder, { recursive: true });
  });

  const engineFor = (waiting = records(2)) => {
    const cleared: string[] = [];
    const outbox = {
      first: async () => waiting.filter(({ eventId }) => !cleared.includes(eventId)),
      clear: async (_log: string, eventIds: readonly string[]) => void cleared.push(...eventIds),
    };
    return { engine: qldbEngine({ clients, outbox }), cleared };
  };

  test("ensureLedger may run again", async () => {
    await expect(ensureLedger(clients)).resolves.toBeUndefined();
  });

  test("while it is down: Unavailable, nothing cleared; once it is back on its data: all goes on", async () => {
    const { engine, cleared } = engineFor();
    const [first, second] = await engine.sequence(contractLog);
    const digest = (await engine.digest(contractLog))!;
    await stub.stop();
    await expect(engine.digest(contractLog)).rejects.toThrow(Unavailable);
    await expect(engine.prove(contractLog, records(1)[0]!.leafHash, digest)).rejects.toThrow(
      Unavailable,
    );
    const later = engineFor(records(2, 2));
    await expect(later.engine.sequence(contractLog)).rejects.toThrow(Unavailable);
    expect(later.cleared).toEqual([]);
    stub = await startQldbStub({ folder, port: stub.port });
    const placed = await later.engine.sequence(contractLog);
    expect(placed).toHaveLength(2);
    expect(cleared).toEqual([first!.eventId, second!.eventId]);
    const now = (await engine.digest(contractLog))!;
    const evidence = await engine.evidence(contractLog, digest, now);
    expect(engine.extends(digest, now, evidence)).toBe(true);
  });

  test("a ledger nobody made is a bug, not an outage", async () => {
    const lost = qldbClients(localClientConfig(stub.endpoint), "nobody");
    const outbox = { first: async () => records(1), clear: async () => {} };
    const engine = qldbEngine({ clients: lost, outbox });
    const error = await engine.sequence(contractLog).catch((reason: unknown) => reason);
    expect(error).not.toBeInstanceOf(Unavailable);
    expect(String(error)).toContain("Ledger nobody not found");
    lost.close();
  });

  test("a document filed under another record's leaf hash proves neither of them", async () => {
    const { engine } = engineFor();
    await engine.sequence(contractLog);
    const [honest, other] = records(2, 7);
    const forged = {
      eventId: honest!.eventId,
      leafHash: toHex(honest!.leafHash),
      record: fromUtf8(other!.record),
    };
    await clients.driver.executeLambda(async (transaction) =>
      transaction.execute("INSERT INTO log_acme_health ?", forged),
    );
    const digest = (await engine.digest(contractLog))!;
    const proof = (await engine.prove(contractLog, honest!.leafHash, digest))!;
    expect(engine.verify(honest!.record, proof, digest)).toBe(false);
    expect(engine.verify(other!.record, proof, digest)).toBe(false);
  });

  test("the document holds the record's bytes as one string and nothing that isn't in it", async () => {
    const { engine } = engineFor();
    await engine.sequence(contractLog);
    const rows = await clients.driver.executeLambda(async (transaction) =>
      (await transaction.execute("SELECT * FROM log_acme_health")).getResultList(),
    );
    const [record] = records(1);
    expect(rows[0]?.fieldNames()).toEqual(["eventId", "leafHash", "record"]);
    expect(rows[0]?.get("record")?.stringValue()).toBe(new TextDecoder().decode(record!.record));
  });
});
