import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { parse } from "csv-parse/sync";
import { parseBundle } from "../../shared/log/bundle.ts";
import { openFolder, runDoor } from "../cli/door.ts";
import { demoAnswer, oneLine } from "./answer.ts";

/* An insurer's portfolio nobody here wrote, from claim to audit, and a search for its persons in everything that is published. */
const data = join(process.env.COUNTERSIGN_SHARED ?? "../shared", "data", "synthea");
const here = existsSync(join(data, "encounters.csv.gz"));
const described = here ? describe : describe.skip;

let folder: string;
let answer: ReturnType<typeof demoAnswer.parse>;
let stderr: string;
let requests: string;
beforeAll(async () => {
  if (!here) return;
  folder = openFolder("synthea");
  const out = join(folder, "bundle");
  const work = join(folder, "work");
  const run = await runDoor(["demo", "--data", data, "--out", out, "--work", work, "--json"]);
  answer = oneLine(demoAnswer, run.stdout);
  stderr = run.stderr;
  requests = readFileSync(join(work, "requests.log"), "utf8");
}, 600_000);
afterAll(() => {
  if (here) rmSync(folder, { recursive: true, force: true });
});

const rowsOf = (name: string): Record<string, string>[] =>
  parse(gunzipSync(readFileSync(join(data, `${name}.csv.gz`))), { columns: true, bom: true });

/** Everything of the bundle that needs no grant to be read, all the demo said on stderr and its API's request log. */
function published(): string {
  const files = readdirSync(join(folder, "bundle"), { recursive: true, withFileTypes: true });
  const texts = files
    .filter((file) => file.isFile() && file.parentPath.includes("/public"))
    .filter((file) => !file.parentPath.endsWith("/packs"))
    .map((file) => readFileSync(join(file.parentPath, file.name), "latin1"));
  return [...texts, requests, stderr].join("\n");
}

/** Which of the words occur in `text`: as a whole word, for a code of eight digits stands in some hash by chance; phrases anywhere. */
function occurring(text: string, words: readonly string[]): string[] {
  const tokens = new Set(text.match(/[A-Za-z0-9-]+/g));
  return [...new Set(words)].filter((word) =>
    /^[A-Za-z0-9-]+$/.test(word) ? tokens.has(word) : text.includes(word),
  );
}

/** What would tell somebody who a person is or what they have: names, numbers, birth dates, codes. */
function secrets(): string[] {
  const columns = ["FIRST", "MIDDLE", "LAST", "MAIDEN", "SSN", "BIRTHDATE", "ADDRESS"];
  const patients = rowsOf("patients").flatMap((row) => columns.map((column) => row[column]));
  const claims = rowsOf("claims").flatMap((row) =>
    [1, 2, 3, 4, 5, 6, 7, 8].map((n) => row[`DIAGNOSIS${n}`]),
  );
  const conditions = rowsOf("conditions").map(({ DESCRIPTION }) => DESCRIPTION);
  return [...patients, ...claims, ...conditions].filter((word): word is string => Boolean(word));
}

/** A hash's bytes spell a word of five letters by chance: short ones are looked for where there is text only. */
const short = (word: string): boolean => word.length < 6;

/** The generator ends every name with a number ("Kim439"): the names themselves, as a log line might have them. */
const shortNames = (): string[] => [
  ...new Set(
    rowsOf("patients")
      .flatMap(({ FIRST = "", MIDDLE = "", LAST = "", MAIDEN = "" }) => [
        FIRST,
        MIDDLE,
        LAST,
        MAIDEN,
      ])
      .map((name) => name.replace(/\d+$/, ""))
      .filter((name) => /^[A-Z][a-z]{1,4}$/.test(name)),
  ),
];

/** Every record, each note's name, and what the logs say: all that is text of what is published. */
function structured(): string {
  const files = readdirSync(join(folder, "bundle"), { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name));
  const entries = files.filter((file) => file.includes("/public/tile/entries/"));
  const records = entries.flatMap((file) => {
    const width = Number(/\.p\/(\d+)$/.exec(file)?.[1] ?? 256);
    return parseBundle(new Uint8Array(readFileSync(file)), width).map((bytes) =>
      Buffer.from(bytes).toString("utf8"),
    );
  });
  const notes = files
    .filter((file) => file.includes("/public/checkpoint"))
    .map((file) => readFileSync(file, "utf8").split("\n", 1)[0]);
  return [...records, ...notes, requests, stderr].join("\n");
}

described("the Synthea portfolio", () => {
  test("adds up to the cent, from claims to settled payouts", () => {
    const { logs, transactions, seconds, audit, ...sums } = answer;
    expect(sums).toEqual({
      claims: 5_598,
      claimed: "14624379.75",
      approved: { count: 4_237, amount: "9299767.51", inFull: 620, inPart: 2_662, atZero: 955 },
      denied: { count: 1_361, reasons: { ELIGIBILITY_UNVERIFIED: 1_067, NO_INSURER: 294 } },
      payouts: { count: 3_282, settled: "9299767.51" },
      breaks: { injected: 0, found: 0 },
      rejectedRows: 0,
    });
    expect(logs).toHaveLength(10);
    expect(transactions).toBeGreaterThan(3 * 5_598);
    expect(audit).toMatchObject({ ok: true, anchored: true, decisions: 7_914, reexecuted: 7_914 });
    expect(audit.payments.rederived).toBe(audit.payments.files);
  });

  test("leaves no name, number, birth date or diagnosis in a leaf, a note or a log line", () => {
    const text = published();
    expect(text.length).toBeGreaterThan(10_000_000);
    const words = secrets().filter((word) => !short(word));
    expect(words.length).toBeGreaterThan(5_000);
    expect(occurring(text, words)).toEqual([]);
    const [planted = ""] = words;
    expect(occurring(`${text} ${planted}`, words)).toEqual([planted]);
  });

  test("leaves no short name in a record's fields, a note or a log line either", () => {
    const text = structured();
    expect(text).toContain('"type":"claim.submitted"');
    expect(requests.split("\n").length).toBeGreaterThan(200);
    const words = [...secrets().filter(short), ...shortNames()];
    expect(words.length).toBeGreaterThan(30);
    expect(occurring(text, words)).toEqual([]);
    const [planted = ""] = words;
    expect(occurring(`${text}\n{"name":"${planted}"}`, words)).toEqual([planted]);
  });
});
