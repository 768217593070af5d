import { readFileSync } from "node:fs";
import { join } from "node:path";
import { GetDigestCommand } from "@aws-sdk/client-qldb";
import { describe, expect, test } from "@jest/globals";
import { loadAll } from "ion-js";
import { parseBlock } from "../../shared/qldb/block.ts";
import { ionText } from "../../shared/qldb/ion.ts";
import { ionHash } from "../../shared/qldb/ion-hash.ts";
import { verifyJournal } from "../../shared/qldb/journal.ts";
import { carsLedger, failure } from "../qldb/cars-ledger.ts";

const on = carsLedger();

/** What a statement answers, as Ion text of each row. */
const texts = async (statement: string, ...parameters: unknown[]): Promise<string[]> =>
  (await on.run(statement, ...parameters)).map(ionText);

describe("PartiQL of the QLDB stub", () => {
  test("changes what a WHERE names, keeps the other fields, and names the documents", async () => {
    await on.makeTable();
    await on.run("INSERT INTO Car <<?, {'vin': '2', 'wheels': {'front': [1, `2.50`]}}>>", {
      vin: "1",
      doors: 5,
    });
    const changed = await texts(
      "UPDATE Car AS c SET c.doors = ?, c.note = 'it''s' WHERE c.vin = ?",
      3,
      "1",
    );
    expect(changed).toHaveLength(1);
    expect(await texts("SELECT id FROM Car BY id WHERE vin = '1'")).toEqual([
      changed[0]?.replace("documentId", "id"),
    ]);
    await on.run("UPDATE Car SET wheels.front[1] = NULL WHERE vin = '2'");
    expect(await texts("SELECT * FROM Car")).toEqual([
      `{vin:"1",doors:3,note:"it's"}`,
      '{vin:"2",wheels:{front:[1,null]}}',
    ]);
    expect(await on.run("UPDATE Car SET doors = 1 WHERE vin = '9'")).toEqual([]);
    expect(await failure(on.run("UPDATE Car SET wheels.front = 1 WHERE vin = '1'"))).toContain(
      "There is nothing at wheels",
    );
  });

  test("deletes, counts, joins, and asks for nulls and lists of values", async () => {
    await on.run("CREATE TABLE Car");
    await on.run("INSERT INTO Car << {'col': 1}, {'col': 2}, {'col': null} >>");
    expect(await texts("SELECT COUNT(*) FROM Car")).toEqual(["{_1:3}"]);
    expect(await texts('SELECT VALUE col FROM "Car" WHERE col IN (?, 2, 7)', 1)).toEqual([
      "1",
      "2",
    ]);
    expect(await texts("SELECT VALUE col FROM Car WHERE col IS NULL")).toEqual(["null"]);
    expect(await texts("SELECT VALUE col FROM Car WHERE col IS NOT NULL AND col = 2")).toEqual([
      "2",
    ]);
    expect(
      await texts("SELECT a.col AS x, b.col AS y FROM Car AS a, Car AS b WHERE b.col = 2"),
    ).toEqual(["{x:1,y:2}", "{x:2,y:2}", "{x:null,y:2}"]);
    expect(await on.run("DELETE FROM Car AS c WHERE c.col = ?", 2)).toHaveLength(1);
    expect(await texts("SELECT COUNT(*) FROM Car")).toEqual(["{_1:2}"]);
    expect(await on.run("DELETE FROM Car")).toHaveLength(2);
    expect(await texts("SELECT * FROM Car")).toEqual([]);
  });

  test("a join of six reads as many documents as the service did for it", async () => {
    await on.run("CREATE TABLE T");
    await on.run("INSERT INTO T << {'col': 1}, {'col': 2}, {'col': 3} >>");
    const six = ["a", "b", "c", "d", "e", "f"].map((name) => `T as ${name}`).join(", ");
    const read = await on.clients.driver.executeLambda(async (transaction) =>
      (await transaction.execute(`SELECT * FROM ${six}`)).getConsumedIOs()?.getReadIOs(),
    );
    // 3 + 9 + 27 + 81 + 243 + 729, what the driver's own integration test expects of the service.
    expect(read).toBe(1092);
    await on.run("INSERT INTO T <<{}, {}, {}>>");
    expect(await failure(on.run(`SELECT * FROM ${six}`))).toContain("at most 10000 rows");
    expect(await failure(on.run(`SELECT * FROM ${six}, T as g`))).toContain("At most 6 sources");
  });

  test("a dropped table is gone, its name is free again, and its past isn't the new one's", async () => {
    await on.makeTable();
    await on.run("INSERT INTO Car ?", { vin: "1" });
    const writer = await on.openSession();
    await writer.execute("INSERT INTO Car ?", { vin: "2" });
    expect(await on.run("DROP TABLE Car")).toHaveLength(1);
    expect(await failure(writer.commit())).toContain("OccConflictException");
    expect(await failure(on.run("SELECT * FROM Car"))).toContain("No such variable");
    expect(await on.clients.driver.getTableNames()).toEqual([]);
    await on.makeTable();
    expect(await on.run("SELECT * FROM Car")).toEqual([]);
    await on.stop();
    await on.start();
    expect(await on.run("SELECT * FROM Car")).toEqual([]);
    const status = "SELECT VALUE status FROM information_schema.user_tables WHERE name = 'Car'";
    expect(await texts(status)).toEqual(['"INACTIVE"', '"ACTIVE"']);
  });

  test("every revision stays in the history and in a journal that verifies", async () => {
    await on.makeTable();
    await on.run("INSERT INTO Car ?", { vin: "1", doors: 2 });
    await on.run("UPDATE Car SET doors = 4 WHERE vin = '1'");
    await on.run("UPDATE Car SET vin = '7'");
    await on.run("DELETE FROM Car WHERE vin = '7'");
    await on.stop();
    await on.start();
    const past = await on.run("SELECT * FROM history(Car)");
    expect(past.map((each) => each.get("metadata", "version")?.numberValue())).toEqual([
      0, 1, 2, 3,
    ]);
    expect(past.map((each) => each.get("data", "doors")?.numberValue())).toEqual([
      2,
      4,
      4,
      undefined,
    ]);
    const [, ...blocks] = readFileSync(join(on.folder, "cars.journal"), "utf8").trim().split("\n");
    const verdict = verifyJournal(blocks.map((text) => parseBlock(text)));
    expect(verdict.findings).toEqual([]);
    expect(verdict.counts).toMatchObject({ revisions: 4, deletions: 1, unprovenDeletions: 0 });
    const digest = await on.control.send(new GetDigestCommand({ Name: "cars" }));
    expect(Buffer.from(verdict.digest ?? [])).toEqual(Buffer.from(digest.Digest ?? []));
  });

  test("of one transaction a document gets one revision, and none if it comes and goes", async () => {
    await on.makeTable();
    const before = await on.tip();
    const one = await on.openSession();
    await one.execute("INSERT INTO Car <<{'vin': '1'}, {'vin': '2'}>>");
    await one.execute("UPDATE Car SET doors = 3");
    await one.execute("DELETE FROM Car WHERE vin = '2'");
    await one.commit();
    expect(await on.tip()).toBe(before + 1);
    expect(await texts("SELECT data FROM history(Car)")).toEqual(['{data:{vin:"1",doors:3}}']);
  });

  test("of two that change one document the later to commit loses, of two documents neither", async () => {
    await on.makeTable();
    await on.run("INSERT INTO Car <<{'vin': '1'}, {'vin': '2'}>>");
    const [a, b, c] = [await on.openSession(), await on.openSession(), await on.openSession()];
    await a.execute("UPDATE Car SET vin = '8' WHERE vin = '1'");
    await b.execute("UPDATE Car SET doors = 1 WHERE vin = '1'");
    await c.execute("DELETE FROM Car WHERE vin = '2'");
    await a.commit();
    expect(await failure(b.commit())).toContain("OccConflictException");
    await c.commit();
    expect(await texts("SELECT * FROM Car")).toEqual(['{vin:"8"}']);
  });

  test("what an open transaction saw stays as it was: changed, moved and deleted documents", async () => {
    await on.makeTable();
    await on.run("INSERT INTO Car <<{'vin': '1'}, {'vin': '2'}>>");
    const reader = await on.openSession();
    const seen = async (statement: string) =>
      (await reader.execute(statement)).ExecuteStatement?.FirstPage?.Values?.length;
    await on.run("UPDATE Car SET vin = '3' WHERE vin = '1'");
    await on.run("DELETE FROM Car WHERE vin = '2'");
    expect(await seen("SELECT * FROM Car WHERE vin = '1'")).toBe(1);
    expect(await seen("SELECT * FROM Car WHERE vin = '3'")).toBe(0);
    expect(await seen("SELECT * FROM Car")).toBe(2);
    expect(await failure(reader.commit())).toContain("OccConflictException");
  });

  test("a field takes every Ion type, and is found by it", async () => {
    await on.run("CREATE TABLE Car");
    await on.run("INSERT INTO Car {'col': null}");
    const values = loadAll(
      '{{"clob"}} {{aGVsbG8=}} true 0.1 0.2e0 1 [1,2] (cons 1 2) "string" {a:1} abc 2016-12-20T05:23:43.000000Z note::5',
    );
    for (const value of values) {
      expect(await on.run("UPDATE Car SET col = ?", value)).toHaveLength(1);
      const [found] = await on.run("SELECT VALUE col FROM Car WHERE col = ?", value);
      if (found === undefined) throw new Error(`${ionText(value)} is not found`);
      expect(ionHash(found)).toEqual(ionHash(value));
    }
    for (const type of ["blob", "list", "timestamp", "struct"]) {
      const [value] = loadAll(`null.${type}`);
      await on.run("UPDATE Car SET col = ?", value);
      expect(await texts("SELECT VALUE col FROM Car WHERE col IS NULL")).toEqual([`null.${type}`]);
    }
  });
});
