import { canonicalText, type Json } from "../base/canonical.ts";
import type { FindingCode } from "./finding.ts";

/** One field that is not what re-execution gives. */
export interface Difference {
  readonly code: FindingCode;
  readonly expected: string;
  readonly found: string;
}

type Fields = Readonly<Record<string, Json>>;

/** Every field of `recorded` that differs from `expected`; inputs and accumulators each by their own code, an engine's library not at all. */
export function differences(expected: Fields, recorded: Fields, type: string): Difference[] {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(recorded)])].sort();
  const found = names.flatMap((field) => {
    const [should, is] = [expected, recorded].map((of) => textOf(comparable(field, of[field])));
    if (should === is) return [];
    if (field === "inputs") return inputDifferences(expected[field], recorded[field]);
    const code = isOlder(field, expected[field], recorded[field])
      ? "stale-input"
      : codeOf(field, type);
    return [{ code, expected: `${field} ${should}`, found: `${field} ${is}` }];
  });
  // A letter tells of the other fields: where one of these differs, it can't but be another.
  const others = found.filter(({ code }) => code !== "letter-differs");
  return others.length > 0 ? others : found;
}

/** Which library an engine was built on says nothing about what it decides. */
function comparable(field: string, value: Json | undefined): Json | undefined {
  if (field !== "engine" || value === null || typeof value !== "object") return value;
  const { library, ...engine } = value as Record<string, Json>;
  return engine;
}

const textOf = (value: Json | undefined): string =>
  value === undefined ? "(absent)" : canonicalText(value);

function codeOf(field: string, type: string): FindingCode {
  if (field === "accumulators") return "accumulator-differs";
  if (field === "letter") return "letter-differs";
  if (type === "totals.recorded") return "totals-differs";
  return type === "claim.decided" ? "decision-differs" : "event-differs";
}

/** Whether the difference is only that a published document, pack or bands, was superseded. */
function isOlder(field: string, expected: Json | undefined, recorded: Json | undefined): boolean {
  if (["bandsVersion", "clocksVersion", "paymentsVersion"].includes(field)) return true;
  if (field !== "pack") return false;
  const [should, is] = [expected, recorded].map((value) => listOf([value ?? null])[0]);
  return !!should && !!is && should.stream === is.stream && should.version !== is.version;
}

function inputDifferences(expected: Json | undefined, recorded: Json | undefined): Difference[] {
  const should = listOf(expected);
  const is = listOf(recorded);
  const found: Difference[] = [];
  for (let i = 0; i < Math.max(should.length, is.length); i++) {
    const [a, b] = [should[i], is[i]];
    if (a && b && canonicalText(a) === canonicalText(b)) continue;
    const stale = a && b && a.stream === b.stream && a.field === b.field && a.version !== b.version;
    found.push({
      code: stale ? "stale-input" : "input-differs",
      expected: `input ${textOf(a)}`,
      found: `input ${textOf(b)}`,
    });
  }
  return found;
}

const listOf = (value: Json | undefined): Record<string, Json>[] =>
  Array.isArray(value) ? (value as Record<string, Json>[]) : [];
