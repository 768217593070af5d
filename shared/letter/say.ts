import type { Money } from "../base/codec.ts";
import { type Day, formatDay } from "../base/day.ts";
import { formatMinute, type Instant } from "../base/instant.ts";
import { formatAmount } from "../base/money.ts";

const months = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** "2020-01-28" → "28 January 2020". */
export function sayDate(iso: string): string {
  const [year = "", month = "", day = ""] = iso.split("-");
  return `${Number(day)} ${months[Number(month) - 1] ?? month} ${year}`;
}

/** Day 18,289 → "28 January 2020". */
export const sayDay = (day: Day): string => sayDate(formatDay(day));

/** "18 February 2020, 10:00 UTC". */
export function sayInstant(at: Instant): string {
  const [date = "", time = ""] = formatMinute(at).split("T");
  return `${sayDate(date)}, ${time.slice(0, 5)} UTC`;
}

/** 10000000 fen → "100,000.00 CNY". */
export function sayMoney({ minor, currency }: Money): string {
  const [whole = "", fraction] = formatAmount(minor, currency).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return `${fraction === undefined ? grouped : `${grouped}.${fraction}`} ${currency}`;
}

/** 750 basis points → "7.5 %". */
export function sayPercent(basisPoints: bigint): string {
  const sign = basisPoints < 0n ? "-" : "";
  const digits = (basisPoints < 0n ? -basisPoints : basisPoints).toString().padStart(3, "0");
  const fraction = digits.slice(-2).replace(/0+$/, "");
  return `${sign}${digits.slice(0, -2)}${fraction === "" ? "" : `.${fraction}`} %`;
}

/** "icd-10:U07.1" → "ICD-10 U07.1"; any other text as it is. */
export const sayCode = (code: string): string =>
  code.replace(/^(icd-10|snomed):/, (_, system: string) => `${system.toUpperCase()} `);

/** "a", "a or b", "a, b or c". */
export function sayList(items: readonly string[], word: "and" | "or"): string {
  const last = items.at(-1) ?? "none";
  const rest = items.slice(0, -1);
  return rest.length === 0 ? last : `${rest.join(", ")} ${word} ${last}`;
}

const width = 78;

/** `text` in lines of at most 78 characters (a longer word has its own line): `first` before the first line, spaces before the others. */
export function wrap(first: string, text: string): string {
  if (first.length + text.length <= width && !/\s\s|[^\S ]|^\s|\s$/.test(text)) return first + text;
  const key = first + text;
  const known = wrapped.get(key) ?? wrapWords(first, text);
  if (wrapped.size >= maxWrapped) wrapped.clear();
  wrapped.set(key, known);
  return known;
}

/** The clauses and sentences that letters repeat, wrapped once. */
const wrapped = new Map<string, string>();
const maxWrapped = 1_000;

function wrapWords(first: string, text: string): string {
  const lines: string[] = [];
  let line = first;
  for (const word of text.split(/\s+/)) {
    const fresh = line.length === first.length && /[ .)\u2013-]$|^$/.test(line);
    const longer = fresh ? line + word : `${line} ${word}`;
    if (longer.length > width && !fresh) {
      lines.push(line);
      line = " ".repeat(first.length) + word;
    } else line = longer;
  }
  return [...lines, line].join("\n");
}

/** `label`, dots of space, `value`: a row of the sums. */
export const row = (label: string, value: string): string =>
  `  ${label.padEnd(Math.max(0, width - 4 - value.length))}  ${value}`;
