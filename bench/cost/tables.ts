import { auroraOf, type Bill, billLines, billOf, dpuOf, monthOf } from "./bill.ts";
import { counted } from "./counted.ts";
import { type Price, prices } from "./prices.ts";
import type { UsageName } from "./usage.ts";

/** Claims a month of each column; 0 is idle. */
export const columns = [0, 1_000, 100_000, 10_000_000] as const;

const number = (value: number, digits: number): string =>
  value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
const dollars = (value: number): string => number(value, value >= 1_000 ? 0 : 2);
const row = (...cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
const rule = (cells: number): string => `|---${"|--:".repeat(cells - 1)}|`;
const columnName = (claims: number): string => (claims === 0 ? "idle" : number(claims, 0));

/** Dollars a month by service, then beside an always-on Aurora. */
export function billTable(): string {
  const bills = columns.map((claims) => billOf(counted, claims));
  const line = (name: string, of: (bill: Bill, claims: number) => string): string =>
    row(name, ...bills.map((bill, n) => of(bill, columns[n] ?? 0)));
  const withAurora = ({ lines, total }: Bill, claims: number): number =>
    total - lines["Aurora DSQL"] + auroraOf(counted, claims).dollars;
  return [
    row("$ a month, claims", ...columns.map(columnName)),
    rule(columns.length + 1),
    ...billLines.map((name) => line(name, ({ lines }) => dollars(lines[name]))),
    line("**all of it**", ({ total }) => `**${dollars(total)}**`),
    line("for each claim", ({ total }, claims) => (claims === 0 ? "" : number(total / claims, 5))),
    line("Aurora in place of DSQL", (_, claims) => dollars(auroraOf(counted, claims).dollars)),
    line("… of two instances of so many ACUs", (_, claims) =>
      number(auroraOf(counted, claims).acu, 1),
    ),
    line("all of it with Aurora", (bill, claims) => dollars(withAurora(bill, claims))),
    "",
  ].join("\n");
}

const parts: readonly (readonly [UsageName, string, digits: number])[] = [
  ["requests", "HTTP requests", 0],
  ["calls", "calls of functions", 0],
  ["cpuMs", "processor time, ms", 0],
  ["transactions", "database transactions", 1],
  ["writes", "… of which write", 1],
  ["readBytes", "bytes of rows read", 0],
  ["writtenBytes", "bytes of rows and index entries written", 0],
  ["storedBytes", "bytes the database grows by", 0],
  ["activeMs", "ms the database works", 1],
  ["s3Puts", "S3 PUT and LIST", 1],
  ["s3Gets", "S3 GET", 1],
  ["objectBytes", "bytes the buckets grow by", 0],
  ["kmsSymmetric", "KMS requests, symmetric key", 1],
  ["kmsAsymmetric", "KMS requests, signing keys", 1],
  ["messages", "SQS messages", 1],
  ["events", "events on the bus", 1],
  ["logBytes", "bytes of log lines of ours", 0],
];

/** What was counted: of a claim, of a turn, and of an idle hour. */
export function countTable(): string {
  const hour = monthOf(counted, 0).usage;
  const hours = 730;
  return [
    row("counted", "claim", "turn of the jobs", "idle hour"),
    rule(4),
    ...parts.map(([name, words, digits]) =>
      row(
        words,
        number(counted.claim[name], digits),
        number(counted.turn[name], digits),
        number(hour[name] / hours, digits),
      ),
    ),
    row(
      "DPUs that follow",
      number(dpuOf(counted.claim), 3),
      number(dpuOf(counted.turn), 3),
      number(dpuOf(hour) / hours, 3),
    ),
    "",
  ].join("\n");
}

/** The list of prices, each with where and when it was read. */
export function priceTable(): string {
  const perWords = (per: number): string => (per === 1 ? "1" : number(per, 0));
  return [
    row("price of", "unit", "$", "for", "told by", "read"),
    "|---|---|--:|--:|---|---|",
    ...(Object.values(prices) as readonly Price[]).map(
      ({ service, unit, dollars: price, per, source, told, read }) =>
        row(service, unit, String(price), perWords(per), `[${told}](${source})`, read),
    ),
    "",
  ].join("\n");
}

/** Each table of docs/cost.md, by its name there. */
export const costTables: ReadonlyMap<string, () => string> = new Map([
  ["bill", billTable],
  ["counts", countTable],
  ["prices", priceTable],
]);
