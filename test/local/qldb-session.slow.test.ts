import { SendCommandCommand } from "@aws-sdk/client-qldb-session";
import { describe, expect, test } from "@jest/globals";
import { dumpBinary, loadAll } from "ion-js";
import { ionHash } from "../../shared/qldb/ion-hash.ts";
import type { Statement } from "../../shared/qldb/transaction.ts";
import { carsLedger, failure } from "../qldb/cars-ledger.ts";

const on = carsLedger();

describe("the QLDB stub's session plane", () => {
  test("keeps Ion types, finds by index, shows the committed view", async () => {
    await on.makeTable();
    await on.run("INSERT INTO Car ?", {
      vin: "1",
      doors: 5,
      price: 1.5,
      blob: Uint8Array.of(1, 2),
    });
    await on.run("INSERT INTO Car ?", { vin: "2" });
    const [car] = await on.run("SELECT * FROM Car WHERE vin = ?", "1");
    expect(car?.getType().name).toBe("struct");
    expect(car?.get("doors")?.numberValue()).toBe(5);
    expect(car?.get("blob")?.uInt8ArrayValue()).toEqual(Uint8Array.of(1, 2));
    expect(await on.run("SELECT vin FROM Car AS c WHERE c.vin IN (?, ?)", "2", "9")).toHaveLength(
      1,
    );
    const [committed] = await on.run(
      "SELECT metadata.version AS version, blockAddress FROM _ql_committed_Car WHERE data.vin = ?",
      "2",
    );
    expect(committed?.get("version")?.numberValue()).toBe(0);
    expect(committed?.get("blockAddress", "sequenceNo")?.numberValue()).toBe(4);
    expect(await on.clients.driver.getTableNames()).toEqual(["Car"]);
    expect(await on.run("SELECT doors FROM Car WHERE vin = '1'")).toHaveLength(1);
  });

  test("of two transactions that read the same key the later one to commit loses", async () => {
    await on.makeTable();
    const [a, b, c] = [await on.openSession(), await on.openSession(), await on.openSession()];
    for (const each of [a, b]) await each.execute("SELECT vin FROM Car WHERE vin = ?", "1");
    await c.execute("SELECT vin FROM Car WHERE vin = ?", "2");
    for (const each of [a, b]) await each.execute("INSERT INTO Car ?", { vin: "1" });
    await c.execute("INSERT INTO Car ?", { vin: "2" });
    await a.commit();
    expect(await failure(b.commit())).toContain("OccConflictException");
    await c.commit();
    expect(await on.run("SELECT * FROM Car")).toHaveLength(2);
  });

  test("without an index a read is a scan, and any insert conflicts with it", async () => {
    await on.run("CREATE TABLE Car");
    const [a, b] = [await on.openSession(), await on.openSession()];
    await a.execute("SELECT vin FROM Car WHERE vin = ?", "1");
    await b.execute("INSERT INTO Car ?", { vin: "2" });
    await b.commit();
    expect(await failure(a.commit())).toContain("OccConflictException");
  });

  test("a transaction sees its own inserts and nothing committed after its start", async () => {
    await on.makeTable();
    const reader = await on.openSession();
    await on.run("INSERT INTO Car ?", { vin: "1" });
    const before = await reader.execute("SELECT vin FROM Car WHERE vin = ?", "1");
    expect(before.ExecuteStatement?.FirstPage?.Values).toEqual([]);
    await reader.execute("INSERT INTO Car ?", { vin: "2" });
    const own = await reader.execute("SELECT vin FROM Car WHERE vin = ?", "2");
    expect(own.ExecuteStatement?.FirstPage?.Values).toHaveLength(1);
  });

  test("a commit digest of other statements or parameters is refused and nothing is written", async () => {
    await on.makeTable();
    const before = await on.tip();
    const lies: ((seen: Statement[]) => Statement[])[] = [
      (seen) => seen.slice(1),
      (seen) => seen.map((one) => ({ ...one, parameters: [dumpBinary({ vin: "8" })] })),
      (seen) => seen.map((one) => ({ ...one, text: "INSERT INTO Bike ?" })),
    ];
    for (const lie of lies) {
      const transaction = await on.openSession();
      await transaction.execute("INSERT INTO Car ?", { vin: "9" });
      expect(await failure(transaction.commit(lie(transaction.statements)))).toContain(
        "Digests don't match",
      );
    }
    expect(await on.tip()).toBe(before);
  });

  test("what the stub doesn't speak is named", async () => {
    await on.makeTable();
    for (const [statement, construct] of [
      ["EXEC redact_revision ?, 'a', 'b'", "Not spoken by this stub: EXEC"],
      ["SELECT * FROM Car ORDER BY vin", "ORDER after * FROM Car"],
      ["SELECT MAX(vin) FROM Car", "MAX after SELECT"],
      ["SELECT index FROM Car", "index after SELECT"],
      ["SELECT * FROM Car WHERE vin < ?", "< after Car WHERE vin"],
      ["SELECT * FROM Car WHERE vin = ? OR doors = ?", "OR after vin = ?"],
      ["SELECT * FROM Car AS a, Car AS b WHERE vin = ?", "= after b WHERE vin"],
      ["SELECT * FROM Car AS a INNER JOIN Car AS b ON a.vin = b.vin", "INNER after Car AS a"],
      ["INSERT INTO Car VALUE 1", "INSERT takes a struct"],
      ["UPDATE Car BY id SET id = 1", "The id of a document can't be set"],
      ["DELETE FROM Bike", "No such variable named 'Bike'"],
      ["DROP TABLE Bike", "No such variable named 'Bike'"],
      ["SELECT * FROM", "The statement ends too early"],
      ["SELECT * FROM Bike", "No such variable named 'Bike'"],
      ["CREATE TABLE Car", "already exists"],
    ] as const) {
      const transaction = await on.openSession();
      const said = await failure(transaction.execute(statement));
      expect(said).toContain("BadRequestException");
      expect(said).toContain(construct);
    }
  });

  test("long results come in pages, long transactions expire, quotas hold", async () => {
    await on.makeTable();
    for (let n = 0; n < 6; n++) {
      await on.run(
        "INSERT INTO Car ?",
        Array.from({ length: 40 }, (_, i) => ({ vin: `${n}-${i}` })),
      );
    }
    expect(await on.run("SELECT vin FROM Car")).toHaveLength(240);
    const many = await on.openSession();
    await many.execute(
      "INSERT INTO Car ?",
      Array.from({ length: 40 }, () => ({ vin: "x" })),
    );
    expect(await failure(many.execute("INSERT INTO Car ?", { vin: "y" }))).toContain(
      "LimitExceededException",
    );
    expect(await failure(many.fetch("nothing"))).toContain("Invalid NextPageToken");
    const slow = await on.openSession();
    on.nowMs += 30_001;
    expect(await failure(slow.execute("SELECT * FROM Car"))).toMatch(/Transaction .* has expired/);
    expect(
      await failure(
        on.session.send(new SendCommandCommand({ StartSession: { LedgerName: "none" } })),
      ),
    ).toContain("BadRequestException");
  });

  test("a session lives 13 minutes, and a ledger has at most 3,000 of them", async () => {
    await on.makeTable();
    const start = () =>
      on.session.send(new SendCommandCommand({ StartSession: { LedgerName: "cars" } }));
    const old = (await start()).StartSession?.SessionToken;
    let refused = "no error";
    for (let n = 0; n < 3_000 && refused === "no error"; n++) refused = await failure(start());
    expect(refused).toContain("LimitExceededException");
    on.nowMs += 13 * 60_000 + 1;
    const late = on.session.send(
      new SendCommandCommand({ SessionToken: old, StartTransaction: {} }),
    );
    expect(await failure(late)).toContain("InvalidSessionException");
    expect(await failure(start())).toBe("no error");
  });

  test("every Ion type goes in by the driver and comes out the same value", async () => {
    await on.makeTable();
    const values = [
      "true, null.bool, 1, -98765432109876543210, null.int, 1e0, -2.5e10, nan, +inf, null.float",
      "1.50, -0.0, 1d10, null.decimal, 2026-11-24T10:00:00.123Z, 2026T, 2026-11-24, null.timestamp",
      '"text", "", null.string, symbol, null.symbol, {{aGVsbG8=}}, {{}}, null.blob',
      '{{"clob"}}, null.clob, [1, "2"], [], null.list, (a 1), (), null.sexp',
      "{a:{b:[1]}}, {}, null.struct, null, note::1, first::second::{a:1}",
    ].flatMap((text) => loadAll(text.startsWith("[") ? text : `[${text}]`)[0]!.elements());
    expect(new Set(values.map((value) => value.getType().name)).size).toBe(13);
    const documents = values.map((value, n) => ({ vin: `${n}`, value }));
    for (let first = 0; first < documents.length; first += 40) {
      await on.run("INSERT INTO Car ?", documents.slice(first, first + 40));
    }
    const rows = await on.run('SELECT vin, "value" FROM Car');
    const byVin = new Map(rows.map((row) => [row.get("vin")?.stringValue(), row.get("value")]));
    for (const [n, value] of values.entries()) {
      const found = byVin.get(`${n}`);
      if (!found) throw new Error(`value ${n} is gone`);
      expect({ n, same: ionHash(found) }).toEqual({ n, same: ionHash(value) });
      expect(found.getAnnotations()).toEqual(value.getAnnotations());
    }
  });
});
