import { type CelInput, celList } from "@bufbuild/cel";
import { type Day, parseDay } from "../base/day.ts";
import type { Variables } from "./bindings.ts";
import { inForce } from "./dated.ts";
import { isDated, type Parameter, type PlainValue } from "./parameter-form.ts";

/** The parameters in force on a day, by the names rules use: "p.waitingDays". */
export type ParametersOn = (day: Day) => Variables;

/** At most so many periods are kept bound: a pack has few, and one that has thousands is still read. */
const maxKept = 64;

/** Binds `parameters` by day. A dated parameter is absent before its first day, so that a rule which reads it then has no result. */
export function parametersOn(parameters: Readonly<Record<string, Parameter>>): ParametersOn {
  const bound = Object.entries(parameters).map(
    ([name, value]) => [name, bindDated(value)] as const,
  );
  const changes = [...new Set(bound.flatMap(([, entries]) => entries.map(({ from }) => from)))];
  const starts = changes.filter((from) => from !== always).sort((a, b) => (a < b ? -1 : 1));
  const kept = new Map<number, Variables>();
  return (day) => {
    const period = inForce(starts, day);
    const known = kept.get(period);
    if (known) return known;
    const values = bound.flatMap(([name, entries]) => {
      const entry = entries.findLast(({ from }) => from <= day);
      return entry ? [[`p.${name}`, entry.value] as const] : [];
    });
    const inForceThen = Object.fromEntries(values);
    if (kept.size >= maxKept) kept.clear();
    kept.set(period, inForceThen);
    return inForceThen;
  };
}

/** Before every day there is. */
const always = parseDay("1800-01-01", "always") - 1n;

function bindDated(value: Parameter): { readonly from: Day; readonly value: CelInput }[] {
  if (!isDated(value)) return [{ from: always, value: bind(value) }];
  return value.dated.map((entry) => ({
    from: parseDay(entry.from, "from"),
    value: bind(entry.value),
  }));
}

function bind(value: PlainValue): CelInput {
  if (Array.isArray(value)) return celList(value.map(exact));
  return typeof value === "object" ? parseDay(value.date, "date") : exact(value);
}

/** A pack's number as an int of the language. */
export const exact = <T extends string | boolean>(value: T | number): T | bigint =>
  typeof value === "number" ? BigInt(value) : value;
