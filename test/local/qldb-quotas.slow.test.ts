import { CreateLedgerCommand } from "@aws-sdk/client-qldb";
import { SendCommandCommand } from "@aws-sdk/client-qldb-session";
import { describe, expect, test } from "@jest/globals";
import { dumpBinary } from "ion-js";
import { carsLedger, failure } from "../qldb/cars-ledger.ts";

const on = carsLedger();
const KiB = 1_024;

/** A document whose Ion binary is so long. */
function documentOf(bytes: number): { readonly vin: string } {
  const around = dumpBinary({ vin: "x".repeat(bytes - 64) }).length - (bytes - 64);
  return { vin: "x".repeat(bytes - around) };
}

/** Refused by the one exception, with these words. */
const refusal = async (sent: Promise<unknown>): Promise<string> => {
  const said = await failure(sent);
  expect(said).toContain("LimitExceededException");
  return said;
};

/* What the last edition of QLDB's page of quotas says; documents, sessions and times are in the session plane's own test. */
describe("the service's quotas, each to the last and one beyond", () => {
  test("a document, and a parameter in Ion binary, of 128 KiB; in Ion text of 1 MiB", async () => {
    await on.makeTable();
    const most = documentOf(128 * KiB);
    expect(dumpBinary(most)).toHaveLength(128 * KiB);
    expect(await on.run("INSERT INTO Car ?", most)).toHaveLength(1);
    const { execute, ids } = await on.openSession();
    expect(await refusal(execute("INSERT INTO Car ?", documentOf(128 * KiB + 1)))).toContain(
      "as IonBinary",
    );
    const text = (bytes: number) =>
      on.session.send(
        new SendCommandCommand({
          SessionToken: ids.SessionToken,
          ExecuteStatement: {
            TransactionId: ids.TransactionId,
            Statement: "SELECT * FROM Car WHERE vin = ?",
            Parameters: [{ IonText: `"${"x".repeat(bytes - 2)}"` }],
          },
        }),
      );
    expect((await text(1_024 * KiB)).ExecuteStatement?.FirstPage?.Values).toEqual([]);
    expect(await refusal(text(1_024 * KiB + 1))).toContain("as IonText");
    const twice = "INSERT INTO Car VALUE {'vin': ?, 'more': ?}";
    const half = "x".repeat(64 * KiB);
    expect(await refusal(execute(twice, half, half))).toContain("Documents have at most 131072");
  });

  test("a transaction of 4 MiB, a statement of 100,000 characters", async () => {
    await on.makeTable();
    const { execute } = await on.openSession();
    const most = documentOf(128 * KiB);
    for (let n = 0; n < 31; n++) await execute("INSERT INTO Car ?", most);
    expect(await refusal(execute("INSERT INTO Car ?", most))).toContain("4194304 bytes");
    const statement = (chars: number) => {
      const [before, after] = ["SELECT * FROM Car WHERE vin = '", "'"];
      return before + "x".repeat(chars - before.length - after.length) + after;
    };
    expect(await on.run(statement(100_000))).toEqual([]);
    expect(await failure(on.run(statement(100_001)))).toContain("at most 100000 characters");
  });

  test("five indexes of a table, whether made at once or one by one", async () => {
    await on.run("CREATE TABLE Car");
    const { execute, commit, statements } = await on.openSession();
    for (const field of ["a", "b", "c", "d", "e"]) await execute(`CREATE INDEX ON Car (${field})`);
    expect(await refusal(execute("CREATE INDEX ON Car (f)"))).toContain("5 indexes");
    await commit(statements.slice(0, -1));
    expect(await refusal(on.run("CREATE INDEX ON Car (f)"))).toContain("5 indexes");
  });

  test("twenty tables at once, forty with those that were dropped, five ledgers", async () => {
    for (let n = 1; n <= 20; n++) await on.run(`CREATE TABLE T${n}`);
    expect(await refusal(on.run("CREATE TABLE T21"))).toContain("20 active tables");
    for (let n = 1; n <= 20; n++) await on.run(`DROP TABLE T${n}`);
    for (let n = 21; n <= 40; n++) await on.run(`CREATE TABLE T${n}`);
    await on.run("DROP TABLE T40");
    expect(await refusal(on.run("CREATE TABLE T41"))).toContain("40 tables");
    const create = (Name: string) =>
      on.control.send(new CreateLedgerCommand({ Name, PermissionsMode: "STANDARD" }));
    for (const name of ["b", "c", "d", "e"]) await create(name);
    expect(await refusal(create("f"))).toContain("5 active ledgers");
  });
});
