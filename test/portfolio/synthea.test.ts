import { gzipSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { PortfolioError } from "../../local/portfolio/portfolio.ts";
import { readSynthea } from "../../local/portfolio/synthea/read.ts";
import { formatDay } from "../../shared/base/day.ts";
import { type Contents, csv, inFolder, tables, withRows } from "./synthea-folder.ts";

const read = (contents: Contents = {}, extra: Record<string, Uint8Array> = {}) =>
  inFolder(contents, readSynthea, extra);
const encounter = (fields: string): string => withRows("encounters", fields);

describe("a portfolio in Synthea's layout", () => {
  test("becomes insurers, one policy per window and one claim per encounter", async () => {
    const portfolio = await read();
    expect(portfolio.rejected).toEqual([]);
    expect(portfolio.persons).toBe(3);
    expect(portfolio.insurers).toEqual([
      { id: "blue-cross-blue-shield", kind: "insurer", pack: "plan-schedule", currency: "USD" },
      { id: "aetna", kind: "insurer", pack: "plan-schedule", currency: "USD" },
      { id: "no-insurer", kind: "intake", pack: null, currency: "USD" },
    ]);
    const windows = portfolio.policies.map(({ startDay, endDay }) => [
      formatDay(startDay),
      endDay && formatDay(endDay),
    ]);
    expect(windows).toEqual([
      ["2019-03-01", "2020-03-02"],
      ["2020-03-01", null],
    ]);
    expect(portfolio.claims[0]).toEqual({
      key: "enc-1",
      insurer: "blue-cross-blue-shield",
      policy: portfolio.policies[0]?.key,
      insured: "person-1",
      submission: {
        event: "service",
        lossDate: 18017n,
        diagnoses: ["314529007", "735029006", "840539006"].map((code) => ({
          system: "snomed",
          code,
        })),
        lines: [
          {
            service: "wellness, snomed:410620009",
            claimed: { minor: 27280n, currency: "USD" },
            contracted: {
              amount: { minor: 10050n, currency: "USD" },
              source: "payer schedule (encounters.csv PAYER_COVERAGE)",
            },
          },
        ],
        payee: { name: "Simulated person-1", account: "SIM000000001" },
      },
      eligibility: "covered",
      confirmZero: false,
      expected: { outcome: "PAY_PART", minor: 10050n },
    });
  });

  test("without a payer is no portfolio", async () => {
    const [header = ""] = tables.payers;
    const reading = read({ payers: csv([header]) });
    await expect(reading).rejects.toThrow(PortfolioError);
    await expect(reading).rejects.toThrow("payers.csv has no payer that could be read");
  });

  test("says of every claim how it stands to cover", async () => {
    const { claims } = await read();
    const stand = claims.map(({ insurer, policy, eligibility, confirmZero }) => [
      insurer,
      policy !== null,
      eligibility,
      confirmZero,
    ]);
    expect(stand).toEqual([
      ["blue-cross-blue-shield", true, "covered", false],
      ["blue-cross-blue-shield", false, "no-policy", false],
      ["no-insurer", false, "no-insurer", false],
      ["blue-cross-blue-shield", true, "covered", true],
    ]);
  });

  test("carries no name, SSN or id of a person", async () => {
    const text = JSON.stringify(await read(), (_, value) =>
      typeof value === "bigint" ? value.toString() : value,
    );
    for (const secret of ["Valentine", "Hilll", "999-10-9026", "pat-1"]) {
      expect(text).not.toContain(secret);
    }
  });

  test("reads a byte order mark, CRLF, other column orders and quoted newlines alike", async () => {
    const plain = await read();
    const crlf = (name: keyof typeof tables) => `\uFEFF${tables[name].join("\r\n")}\r\n`;
    expect(await read({ encounters: crlf("encounters"), payers: crlf("payers") })).toEqual(plain);
    const reversed = tables.encounters.map((line) => line.split(",").toReversed().join(","));
    expect(await read({ encounters: reversed.join("\n") })).toEqual(plain);
    const quoted = csv(tables.encounters).replace("Well child visit", '"Well, ""child""\r\nvisit"');
    expect(await read({ encounters: quoted })).toEqual(plain);
    const framed = tables.payers.map((line) => line.replace(/[^,]+/g, '"$&"'));
    expect(await read({ payers: `\uFEFF${csv(framed)}` })).toEqual(plain);
  });

  test("prefers the compressed file where both are there", async () => {
    const plain = await read();
    const extra = { "encounters.csv.gz": gzipSync(csv(tables.encounters)) };
    expect(await read({ encounters: "not,this\n1,2\n" }, extra)).toEqual(plain);
  });
});

describe("a row that can't be used is listed and stops nothing", () => {
  const row = (changes: Partial<Record<string, string>> = {}): string =>
    Object.values({
      id: "enc-5",
      start: "2019-05-01T08:00:00Z",
      stop: "",
      patient: "pat-1",
      payer: "pay-1",
      class: "wellness",
      code: "410620009",
      description: "",
      claimed: "10.00",
      contracted: "1.00",
      ...changes,
    }).join(",");

  test.each<[string, string, string]>([
    ["a repeated encounter", row({ id: "enc-1" }), "Id: is a repeated encounter Id"],
    ["an unknown patient", row({ patient: "pat-9" }), "PATIENT: is an unknown patient"],
    ["an unknown payer", row({ payer: "pay-9" }), "PAYER: is an unknown payer"],
    ["a negative amount", row({ claimed: "-10.00" }), "TOTAL_CLAIM_COST: is a negative amount"],
    [
      "three decimals",
      row({ claimed: "10.000" }),
      "TOTAL_CLAIM_COST: is not an amount with at most two decimals",
    ],
    [
      "an exponent",
      row({ contracted: "1e0" }),
      "PAYER_COVERAGE: is not an amount with at most two decimals",
    ],
    [
      "19 digits",
      row({ claimed: "99999999999999999.99" }),
      "TOTAL_CLAIM_COST: has more than 18 digits",
    ],
    [
      "contracted above claimed",
      row({ contracted: "10.01" }),
      "PAYER_COVERAGE: is above TOTAL_CLAIM_COST",
    ],
    [
      "a day that does not exist",
      row({ start: "2019-02-29T08:00:00Z" }),
      "START: is a date that does not exist",
    ],
    [
      "an hour that does not exist",
      row({ start: "2019-02-28T24:00:00Z" }),
      "START: is a time that does not exist",
    ],
    [
      "a day without a time",
      row({ start: "2019-02-28" }),
      "START: is not a time written YYYY-MM-DDTHH:MM:SSZ",
    ],
    ["a field too few", "enc-5,2019-05-01T08:00:00Z", "row: has 2 fields where the header has 10"],
    ["a stray quote", row({ class: 'well"ness' }), "row: is not CSV (INVALID_OPENING_QUOTE)"],
    [
      "a quote that never closes",
      row({ class: '"wellness' }),
      "row: is not CSV (CSV_QUOTE_NOT_CLOSED)",
    ],
    [
      "a long field",
      row({ description: "x".repeat(8193) }),
      "row: has a field longer than 8192 characters",
    ],
    ["a long row", row({ description: "x".repeat(65536) }), "row: is longer than 65536 bytes"],
  ])("%s", async (_, bad, reason) => {
    const encounters = withRows("encounters", bad, row({ id: "enc-6" }));
    const { claims, rejected } = await read({ encounters });
    expect(rejected).toEqual([{ file: "encounters.csv", line: 6, reason }]);
    expect(claims.map(({ key }) => key)).toEqual(["enc-1", "enc-2", "enc-3", "enc-4", "enc-6"]);
  });

  test("bytes that are no text", async () => {
    const garbage = Buffer.concat([
      Buffer.from(encounter(row())),
      Buffer.from([0xff, 0x00, 0xfe, 0x0a, 0x80, 0x0a]),
      Buffer.from(row({ id: "enc-7" })),
    ]);
    const { claims, rejected } = await read({ encounters: garbage });
    expect(rejected).toEqual([
      { file: "encounters.csv", line: 7, reason: "row: is not UTF-8" },
      { file: "encounters.csv", line: 8, reason: "row: is not UTF-8" },
    ]);
    expect(claims.at(-1)?.key).toBe("enc-7");
  });

  test("line numbers are physical lines, quoted newlines included", async () => {
    const quoted = csv(tables.encounters).replace("Well child visit", '"a\nb\nc"');
    const { rejected } = await read({ encounters: `${quoted}\n${row({ id: "enc-1" })}\n` });
    expect(rejected.map(({ line }) => line)).toEqual([9]);
  });

  test("rows of the other tables", async () => {
    const { rejected, claims, policies } = await read({
      payers: withRows(
        "payers",
        "pay-2,Other,X",
        "pay-3,AETNA,X",
        "pay-4,No Insurer,X",
        "pay-5,--,X",
      ),
      patients: withRows("patients", "pat-1,1980-01-01,,,,", "pat-4,1980-13-01,,,,"),
      payer_transitions: withRows(
        "payer_transitions",
        "pat-9,m,2019-03-01T10:00:00Z,,pay-1,",
        "pat-1,m,2019-03-01T10:00:00Z,,pay-9,",
        "pat-1,m,2019-03-01T10:00:00Z,2021-03-01T10:00:00Z,pay-1,",
        "pat-2,m,2019-03-01T10:00:00Z,2019-03-01T10:00:00Z,pay-1,",
      ),
      claims: withRows("claims", "c,pat-9,,,,,,,,,enc-1", "c,pat-1,flu,,,,,,,,enc-1"),
    });
    expect(rejected.map(({ file, line }) => `${file}:${line}`)).toEqual([
      ...[5, 6, 7, 8].map((line) => `payers.csv:${line}`),
      ...[5, 6].map((line) => `patients.csv:${line}`),
      ...[5, 6, 7, 8].map((line) => `payer_transitions.csv:${line}`),
      ...[5, 6].map((line) => `claims.csv:${line}`),
    ]);
    expect([claims.length, policies.length]).toEqual([4, 2]);
  });

  test("a payer whose name gives the intake's id, and its encounters", async () => {
    const payers = csv(tables.payers).replace("NO_INSURANCE,", "No Insurer,");
    const { rejected, insurers } = await read({ payers });
    expect(insurers.map(({ id }) => id)).toEqual(["blue-cross-blue-shield", "aetna"]);
    expect(rejected.map(({ reason }) => reason)).toEqual([
      "NAME: gives the reserved id no-insurer",
      "PAYER: is an unknown payer",
      "PAYER: is an unknown payer",
    ]);
  });

  test("a reason never repeats what the row said", async () => {
    const bad = row({ patient: "Valentine262", claimed: "secret" });
    const { rejected } = await read({ encounters: encounter(bad) });
    expect(JSON.stringify(rejected)).not.toMatch(/Valentine|secret/);
  });
});

describe("a portfolio that can't be read is one error that names what is missing", () => {
  test.each<[string, Contents, string]>([
    ["a file", { patients: null }, "neither patients.csv.gz nor patients.csv"],
    [
      "a column",
      { encounters: csv(tables.encounters).replace("PAYER_C", "X") },
      "encounters.csv has no column PAYER_COVERAGE",
    ],
    [
      "a column twice",
      { payers: csv(tables.payers).replace("OWNERSHIP", "NAME") },
      "payers.csv has the column NAME twice",
    ],
    ["an empty file", { claims: "" }, "claims.csv has no column PATIENTID"],
    [
      "a file of other bytes",
      { payers: Buffer.from([0, 255, 254, 10, 1]) },
      "payers.csv has no column Id",
    ],
  ])("%s", async (_, contents, message) => {
    const reading = read(contents);
    await expect(reading).rejects.toThrow(PortfolioError);
    await expect(reading).rejects.toThrow(message);
  });

  test("an archive that is none, or is cut short", async () => {
    const random = read({}, { "payers.csv.gz": Buffer.from("plainly not gzip") });
    await expect(random).rejects.toThrow("payers.csv.gz can't be read (Z_DATA_ERROR).");
    const cut = gzipSync(csv(tables.encounters)).subarray(0, 100);
    const short = read({}, { "encounters.csv.gz": cut });
    await expect(short).rejects.toThrow("encounters.csv.gz can't be read (Z_BUF_ERROR).");
    await expect(random).rejects.toThrow(PortfolioError);
  });

  test("a folder that is not there, a folder in place of a file", async () => {
    await expect(readSynthea("no/such/folder")).rejects.toThrow(PortfolioError);
    await expect(readSynthea(import.meta.filename)).rejects.toThrow(PortfolioError);
  });
});
