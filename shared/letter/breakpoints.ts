import { type Day, formatDay, parseDay } from "../base/day.ts";
import type { Variables } from "../coverage/bindings.ts";
import type { CompiledPack } from "../coverage/compile.ts";
import { type Reading, readingOf, type Term } from "../coverage/conditions.ts";
import { type Expr, pathOf, pathsIn } from "../coverage/expression-tree.ts";
import type { Facts } from "../coverage/facts.ts";
import { expressionsOf } from "../coverage/facts-read.ts";
import { agesWith, type DateFact, dateIn, moves } from "./change.ts";

/** The days at which a pack's answer can change as one date moves and all else stays. */
export interface Breakpoints {
  /** Ascending. Between two neighbours the answer is the same, if `complete`. */
  readonly days: readonly Day[];
  /** False where the date is read otherwise than by comparing it, so that nothing is known of the days between. */
  readonly complete: boolean;
}

const firstDay = parseDay("1800-01-01", "first day");
/** The day before the one that stands for an open end. */
const lastDay = parseDay("2999-12-30", "last day");
const readings = new WeakMap<CompiledPack, readonly Reading[]>();

function readingsOf(pack: CompiledPack): readonly Reading[] {
  const known = readings.get(pack) ?? expressionsOf(pack.pack).map(readingOf);
  readings.set(pack, known);
  return known;
}

/** Where the answer of `pack` on `facts` can change as `date` moves. `variables` are the facts as the pack's expressions see them. */
export function breakpoints(
  pack: CompiledPack,
  facts: Facts,
  variables: Variables,
  date: DateFact,
): Breakpoints {
  const basis = pack.pack.dateBasis;
  const ages = agesWith(date, basis);
  const slope = (path: string): number => moves(path, date, basis);
  const aging = (path: string): number => (ages && path === "insured.ageYears" ? 1 : 0);
  const days = new Set<Day>();
  const add = (day: Day): void => {
    for (const near of [day - 1n, day, day + 1n]) {
      if (near >= firstDay && near <= lastDay) days.add(near);
    }
  };
  const addAge = (years: bigint): void => {
    const day = dayOfAge(facts, date, years);
    if (day !== undefined) add(day);
  };
  let complete = true;
  for (const { comparisons, loose } of readingsOf(pack)) {
    if ([...loose].some((path) => slope(path) + aging(path) !== 0)) complete = false;
    for (const { left, right } of comparisons) {
      const [steps, years] = [difference(left, right, slope), difference(left, right, aging)];
      if (steps === 0 && years === 0) continue;
      const gap = gapOf(left, right, variables);
      if (gap === undefined || !(isUnit(steps) ? years === 0 : steps === 0 && isUnit(years))) {
        complete = false;
      } else if (isUnit(steps)) add((dateIn(facts, date) ?? 0n) - gap * BigInt(steps));
      else if (isUnit(years)) {
        const age = facts.insured.ageYears - gap * BigInt(years);
        addAge(age);
        addAge(age + 1n);
      }
    }
  }
  if (moves("basisDay", date, basis) === 1)
    for (const day of [pack.from, pack.to]) if (day !== null) add(day);
  if (ages && facts.insured.hasBirthDay) addAge(0n);
  return { days: [...days].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)), complete };
}

const isUnit = (steps: number | undefined): steps is 1 | -1 => steps === 1 || steps === -1;

/** How much `left - right` grows when what `slope` speaks of grows by one; undefined where that is not always the same. */
function difference(left: Term, right: Term, slope: (path: string) => number): number | undefined {
  const [a, b] = [growth(left.expr, slope), growth(right.expr, slope)];
  return a === undefined || b === undefined ? undefined : a - b;
}

function growth(expr: Expr, slope: (path: string) => number): number | undefined {
  const path = pathOf(expr);
  if (path !== undefined) return slope(path);
  const { case: kind, value } = expr.exprKind;
  const [first, second] = kind === "callExpr" ? value.args : [];
  if (kind === "callExpr" && first) {
    const a = growth(first, slope);
    const b = second ? growth(second, slope) : 0;
    const known = a !== undefined && b !== undefined;
    if (value.function === "_+_" && known) return a + b;
    if (value.function === "_-_" && known) return a - b;
    if (value.function === "-_" && known) return -a;
  }
  return [...pathsIn(expr)].some((each) => slope(each) !== 0) ? undefined : 0;
}

/** What `left` is above `right`; undefined where one has no value. */
function gapOf(left: Term, right: Term, variables: Variables): bigint | undefined {
  const [a, b] = [left.value(variables), right.value(variables)];
  return typeof a === "bigint" && typeof b === "bigint" ? a - b : undefined;
}

/** About the day of `date` on which the insured person would turn `years`, or is just old enough: right to a day. */
function dayOfAge({ basisDay, insured }: Facts, date: DateFact, years: bigint): Day | undefined {
  const born = date === "insured.birthDay";
  const [year = "", ...rest] = formatDay(born ? basisDay : insured.birthDay).split("-");
  const shifted = BigInt(year) + (born ? -years : years);
  if (shifted < 1801n || shifted > 2998n) return undefined;
  // 29 February of a common year is 1 March: a person born then ages on that day.
  const text = `${shifted}-${rest.join("-")}`;
  const leap = text.endsWith("-02-29") && !isLeap(shifted);
  return parseDay(leap ? `${shifted}-03-01` : text, "birthday");
}

const isLeap = (year: bigint): boolean =>
  (year % 4n === 0n && year % 100n !== 0n) || year % 400n === 0n;
