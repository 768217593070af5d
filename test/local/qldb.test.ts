import { appendFileSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateLedgerCommand,
  DescribeLedgerCommand,
  GetBlockCommand,
  GetDigestCommand,
  GetRevisionCommand,
  ListLedgersCommand,
  QLDBClient,
} from "@aws-sdk/client-qldb";
import { QLDBSessionClient, SendCommandCommand } from "@aws-sdk/client-qldb-session";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { dumpBinary } from "ion-js";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { type QldbClients, qldbClients } from "../../functions/adapters/qldb/clients.ts";
import { type QldbStub, startQldbStub } from "../../local/qldb/stub.ts";
import { parseBlock, verifyBlock } from "../../shared/qldb/block.ts";
import { parseProof, verifyBlockProof, verifyRevisionProof } from "../../shared/qldb/proof.ts";
import {
  formatBlockAddress,
  parseBlockAddress,
  parseRevision,
} from "../../shared/qldb/revision.ts";
import { commitDigest, type Statement } from "../../shared/qldb/transaction.ts";

let folder: string;
let stub: QldbStub;
let nowMs: number;
let control: QLDBClient;
let session: QLDBSessionClient;
let clients: QldbClients;

async function start(): Promise<void> {
  stub = await startQldbStub({ folder, nowMs: () => nowMs });
  const config = localClientConfig(stub.endpoint);
  control = new QLDBClient({ ...config, maxAttempts: 1 });
  session = new QLDBSessionClient({ ...config, maxAttempts: 1 });
  clients = qldbClients(config, "cars");
}

async function stop(): Promise<void> {
  clients.close();
  control.destroy();
  session.destroy();
  await stub.stop();
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "qldb-stub-"));
  nowMs = Date.parse("2026-11-24T10:00:00.123Z");
  await start();
  await control.send(new CreateLedgerCommand({ Name: "cars", PermissionsMode: "STANDARD" }));
});
afterEach(async () => {
  await stop();
  await rm(folder, { recursive: true });
});

const run = (statement: string, ...parameters: unknown[]) =>
  clients.driver.executeLambda(async (transaction) =>
    (await transaction.execute(statement, ...parameters)).getResultList(),
  );
const tip = async () =>
  parseBlockAddress(
    (await control.send(new GetDigestCommand({ Name: "cars" }))).DigestTipAddress?.IonText ?? "",
  ).sequenceNo;
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => "no error",
    (error: unknown) => String(error),
  );

/** One session driven by hand, command by command. */
async function openSession() {
  const started = await session.send(
    new SendCommandCommand({ StartSession: { LedgerName: "cars" } }),
  );
  const SessionToken = started.StartSession?.SessionToken;
  const begun = await session.send(new SendCommandCommand({ SessionToken, StartTransaction: {} }));
  const TransactionId = begun.StartTransaction?.TransactionId;
  const statements: Statement[] = [];
  return {
    statements,
    execute: (text: string, ...values: unknown[]) => {
      const parameters = values.map((value) => dumpBinary(value));
      statements.push({ text, parameters });
      return session.send(
        new SendCommandCommand({
          SessionToken,
          ExecuteStatement: {
            TransactionId,
            Statement: text,
            Parameters: parameters.map((IonBinary) => ({ IonBinary })),
          },
        }),
      );
    },
    fetch: (NextPageToken: string) =>
      session.send(
        new SendCommandCommand({ SessionToken, FetchPage: { TransactionId, NextPageToken } }),
      ),
    commit: (seen: readonly Statement[] = statements) =>
      session.send(
        new SendCommandCommand({
          SessionToken,
          CommitTransaction: {
            TransactionId,
            CommitDigest: commitDigest(TransactionId ?? "", seen),
          },
        }),
      ),
  };
}

async function makeTable(): Promise<void> {
  await run("CREATE TABLE Car");
  await run("CREATE INDEX ON Car (vin)");
}

describe("the QLDB stub's control plane", () => {
  test("makes and describes ledgers and refuses what the service refuses", async () => {
    const described = await control.send(new DescribeLedgerCommand({ Name: "cars" }));
    expect(described.State).toBe("ACTIVE");
    expect(described.CreationDateTime?.toISOString()).toBe("2026-11-24T10:00:00.123Z");
    const listed = await control.send(new ListLedgersCommand({}));
    expect(listed.Ledgers?.map(({ Name }) => Name)).toEqual(["cars"]);
    const create = (Name: string) =>
      failure(control.send(new CreateLedgerCommand({ Name, PermissionsMode: "STANDARD" })));
    expect(await create("cars")).toContain("ResourceAlreadyExistsException");
    for (const name of ["a--b", "-a", "a-", "123", "a_b", "x".repeat(33)]) {
      expect(await create(name)).toContain("InvalidParameterException");
    }
    expect(await failure(control.send(new DescribeLedgerCommand({ Name: "none" })))).toContain(
      "ResourceNotFoundException",
    );
  });

  test("proves every block and revision in its digests, old and new", async () => {
    await makeTable();
    const inserted = await run("INSERT INTO Car ?", [{ vin: "1" }, { vin: "2" }, { vin: "3" }]);
    for (let i = 0; i < 5; i++) await run("SELECT * FROM Car");
    const { Digest, DigestTipAddress } = await control.send(new GetDigestCommand({ Name: "cars" }));
    const { strandId, sequenceNo: last } = parseBlockAddress(DigestTipAddress?.IonText ?? "");
    const address = (sequenceNo: number) => ({
      IonText: formatBlockAddress({ strandId, sequenceNo }),
    });
    const digest = Uint8Array.from(Digest ?? []);
    for (let sequenceNo = 0; sequenceNo <= last; sequenceNo++) {
      const at = { Name: "cars", BlockAddress: address(sequenceNo), DigestTipAddress };
      const { Block, Proof } = await control.send(new GetBlockCommand(at));
      const block = parseBlock(Block?.IonText ?? "");
      expect(verifyBlock(block)).toEqual([]);
      const proof = parseProof(Proof?.IonText ?? "");
      expect(verifyBlockProof(block, proof, digest)).toBe(true);
      expect(verifyBlockProof(block, proof.slice(1), digest)).toBe(false);
    }
    for (const row of inserted) {
      const { Revision, Proof } = await control.send(
        new GetRevisionCommand({
          Name: "cars",
          BlockAddress: address(3),
          DocumentId: row.get("documentId")?.stringValue() ?? "",
          DigestTipAddress,
        }),
      );
      const revision = parseRevision(Revision?.IonText ?? "");
      const proof = parseProof(Proof?.IonText ?? "");
      expect(verifyRevisionProof(revision, proof, digest)).toBe(true);
      expect(verifyRevisionProof(revision, proof.toReversed(), digest)).toBe(false);
    }
    const beyond = { Name: "cars", BlockAddress: address(last + 1) };
    expect(await failure(control.send(new GetBlockCommand(beyond)))).toContain("InvalidParameter");
    const tooEarly = { BlockAddress: address(3), DigestTipAddress: address(2) };
    expect(
      await failure(control.send(new GetBlockCommand({ Name: "cars", ...tooEarly }))),
    ).toContain("InvalidParameter");
  });

  test("answers no unsigned request and names an operation it doesn't speak", async () => {
    const unsigned = await fetch(`${stub.endpoint}/ledgers/cars`);
    expect(unsigned.status).toBe(403);
    const authorization = "AWS4-HMAC-SHA256 Credential=local/20261124/us-east-1/qldb/aws4_request,";
    const removed = await fetch(`${stub.endpoint}/ledgers/cars`, {
      method: "DELETE",
      headers: { authorization },
    });
    expect(removed.status).toBe(404);
    expect(await removed.text()).toContain("Not spoken by this stub: DELETE /ledgers/cars");
  });
});

describe("the QLDB stub's session plane", () => {
  test("keeps Ion types, finds by index, shows the committed view", async () => {
    await makeTable();
    await run("INSERT INTO Car ?", { vin: "1", doors: 5, price: 1.5, blob: Uint8Array.of(1, 2) });
    await run("INSERT INTO Car ?", { vin: "2" });
    const [car] = await run("SELECT * FROM Car WHERE vin = ?", "1");
    expect(car?.getType().name).toBe("struct");
    expect(car?.get("doors")?.numberValue()).toBe(5);
    expect(car?.get("blob")?.uInt8ArrayValue()).toEqual(Uint8Array.of(1, 2));
    expect(await run("SELECT vin FROM Car AS c WHERE c.vin IN (?, ?)", "2", "9")).toHaveLength(1);
    const [committed] = await run(
      "SELECT metadata.version AS version, blockAddress FROM _ql_committed_Car WHERE data.vin = ?",
      "2",
    );
    expect(committed?.get("version")?.numberValue()).toBe(0);
    expect(committed?.get("blockAddress", "sequenceNo")?.numberValue()).toBe(4);
    expect(await clients.driver.getTableNames()).toEqual(["Car"]);
    expect(await run("SELECT doors FROM Car WHERE vin = '1'")).toHaveLength(1);
  });

  test("of two transactions that read the same key the later one to commit loses", async () => {
    await makeTable();
    const [a, b, c] = [await openSession(), await openSession(), await openSession()];
    for (const each of [a, b]) await each.execute("SELECT vin FROM Car WHERE vin = ?", "1");
    await c.execute("SELECT vin FROM Car WHERE vin = ?", "2");
    for (const each of [a, b]) await each.execute("INSERT INTO Car ?", { vin: "1" });
    await c.execute("INSERT INTO Car ?", { vin: "2" });
    await a.commit();
    expect(await failure(b.commit())).toContain("OccConflictException");
    await c.commit();
    expect(await run("SELECT * FROM Car")).toHaveLength(2);
  });

  test("without an index a read is a scan, and any insert conflicts with it", async () => {
    await run("CREATE TABLE Car");
    const [a, b] = [await openSession(), await openSession()];
    await a.execute("SELECT vin FROM Car WHERE vin = ?", "1");
    await b.execute("INSERT INTO Car ?", { vin: "2" });
    await b.commit();
    expect(await failure(a.commit())).toContain("OccConflictException");
  });

  test("a transaction sees its own inserts and nothing committed after its start", async () => {
    await makeTable();
    const reader = await openSession();
    await run("INSERT INTO Car ?", { vin: "1" });
    const before = await reader.execute("SELECT vin FROM Car WHERE vin = ?", "1");
    expect(before.ExecuteStatement?.FirstPage?.Values).toEqual([]);
    await reader.execute("INSERT INTO Car ?", { vin: "2" });
    const own = await reader.execute("SELECT vin FROM Car WHERE vin = ?", "2");
    expect(own.ExecuteStatement?.FirstPage?.Values).toHaveLength(1);
  });

  test("a commit digest of other statements or parameters is refused and nothing is written", async () => {
    await makeTable();
    const before = await tip();
    const lies: ((seen: Statement[]) => Statement[])[] = [
      (seen) => seen.slice(1),
      (seen) => seen.map((one) => ({ ...one, parameters: [dumpBinary({ vin: "8" })] })),
      (seen) => seen.map((one) => ({ ...one, text: "INSERT INTO Bike ?" })),
    ];
    for (const lie of lies) {
      const transaction = await openSession();
      await transaction.execute("INSERT INTO Car ?", { vin: "9" });
      expect(await failure(transaction.commit(lie(transaction.statements)))).toContain(
        "Digests don't match",
      );
    }
    expect(await tip()).toBe(before);
  });

  test("what the stub doesn't speak is named", async () => {
    await makeTable();
    for (const [statement, construct] of [
      ["UPDATE Car SET vin = ?", "Not spoken by this stub: UPDATE"],
      ["SELECT * FROM Car ORDER BY vin", "ORDER after * FROM Car"],
      ["SELECT COUNT(*) FROM Car", "( after SELECT COUNT"],
      ["SELECT * FROM Car WHERE vin = `x`", "` after WHERE vin ="],
      ["SELECT * FROM Car WHERE vin < ?", "< after Car WHERE vin"],
      ["SELECT * FROM Car WHERE vin = ? AND doors = ?", "AND after vin = ?"],
      ["INSERT INTO Car VALUE {'vin': 1}", "VALUE after INSERT INTO Car"],
      ["SELECT * FROM", "The statement ends too early"],
      ["SELECT * FROM Bike", "No such variable named 'Bike'"],
      ["CREATE TABLE Car", "already exists"],
    ] as const) {
      const transaction = await openSession();
      const said = await failure(transaction.execute(statement));
      expect(said).toContain("BadRequestException");
      expect(said).toContain(construct);
    }
  });

  test("long results come in pages, long transactions expire, quotas hold", async () => {
    await makeTable();
    for (let n = 0; n < 6; n++) {
      await run(
        "INSERT INTO Car ?",
        Array.from({ length: 40 }, (_, i) => ({ vin: `${n}-${i}` })),
      );
    }
    expect(await run("SELECT vin FROM Car")).toHaveLength(240);
    const many = await openSession();
    await many.execute(
      "INSERT INTO Car ?",
      Array.from({ length: 40 }, () => ({ vin: "x" })),
    );
    expect(await failure(many.execute("INSERT INTO Car ?", { vin: "y" }))).toContain(
      "LimitExceededException",
    );
    expect(await failure(many.fetch("nothing"))).toContain("Invalid NextPageToken");
    const slow = await openSession();
    nowMs += 30_001;
    expect(await failure(slow.execute("SELECT * FROM Car"))).toMatch(/Transaction .* has expired/);
    expect(
      await failure(session.send(new SendCommandCommand({ StartSession: { LedgerName: "none" } }))),
    ).toContain("BadRequestException");
  });
});

describe("the QLDB stub's journal", () => {
  test("survives a restart with tables, indexes, documents and digest", async () => {
    await makeTable();
    await run("INSERT INTO Car ?", { vin: "1", note: "line\nbreak \u0000 señal" });
    const digest = await control.send(new GetDigestCommand({ Name: "cars" }));
    await stop();
    await start();
    const again = await control.send(new GetDigestCommand({ Name: "cars" }));
    expect(again.Digest).toEqual(digest.Digest);
    expect(again.DigestTipAddress).toEqual(digest.DigestTipAddress);
    const [car] = await run("SELECT note FROM Car WHERE vin = ?", "1");
    expect(car?.get("note")?.stringValue()).toBe("line\nbreak \u0000 señal");
    const [a, b] = [await openSession(), await openSession()];
    await a.execute("SELECT vin FROM Car WHERE vin = ?", "5");
    await b.execute("INSERT INTO Car ?", { vin: "6" });
    await b.commit();
    await expect(a.commit()).resolves.toBeDefined();
  });

  test("drops a torn last line, wherever it broke, and keeps every acknowledged block", async () => {
    await makeTable();
    await run("INSERT INTO Car ?", { vin: "1" });
    await run("INSERT INTO Car ?", { vin: "2" });
    const path = join(folder, "cars.journal");
    const whole = readFileSync(path);
    const lastLine = whole.subarray(0, -1).lastIndexOf(0x0a) + 1;
    for (const cut of [lastLine + 1, lastLine + 300, whole.length - 1]) {
      await stop();
      writeFileSync(path, whole);
      truncateSync(path, cut);
      await start();
      expect(await tip()).toBe(3);
      await run("INSERT INTO Car ?", { vin: "3" });
      expect(await run("SELECT * FROM Car")).toHaveLength(2);
    }
    await stop();
    writeFileSync(path, whole);
    appendFileSync(path, "{blockAddress:{strandId");
    await start();
    expect(await tip()).toBe(4);
  });

  test("refuses to start on a journal that was edited", async () => {
    await makeTable();
    await run("INSERT INTO Car ?", { vin: "first" });
    await run("INSERT INTO Car ?", { vin: "2" });
    const path = join(folder, "cars.journal");
    const whole = readFileSync(path, "utf8");
    await stop();
    const lines = whole.split("\n");
    for (const edited of [
      whole.replace('vin:"first"', 'vin:"fi_st"'),
      lines.toSpliced(3, 1).join("\n"),
      lines.with(3, lines[4]!).with(4, lines[3]!).join("\n"),
    ]) {
      expect(edited).not.toBe(whole);
      writeFileSync(path, edited);
      await expect(startQldbStub({ folder })).rejects.toThrow("does not verify");
    }
    writeFileSync(path, whole);
    await start();
  });
});
