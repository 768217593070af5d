import { type Day, formatDay, parseDay } from "../base/day.ts";
import type { Variables } from "../coverage/bindings.ts";
import type { CompiledPack } from "../coverage/compile.ts";
import {
  type Comparison,
  type Reading,
  readingOf,
  type Term,
  termIn,
} from "../coverage/conditions.ts";
import { type Expr, pathOf, pathsIn } from "../coverage/expression-tree.ts";
import { type Facts, wholeYears } from "../coverage/facts.ts";
import { expressionsOf } from "../coverage/facts-read.ts";
import type { Pack } from "../coverage/pack.ts";
import { isDated } from "../coverage/parameter-form.ts";
import { agesWith, type DateFact, dateIn, moves } from "./change.ts";

/** Where a pack's answer can change as one date moves and all else stays. */
export interface Cuts {
  /** Ascending; the answer on a day may differ from that on the day before only where the day is one of these, if `complete`. */
  readonly days: readonly Day[];
  /** False where the date is read otherwise than by comparing it, so that nothing is known of the days between. */
  readonly complete: boolean;
}

export const firstDay = parseDay("1800-01-01", "first day");
/** The day before the one that stands for an open end. */
export const lastDay = parseDay("2999-12-30", "last day");
/** What moves an answer: comparisons of the rules, and table keys with the bounds of every row the table ever had. */
interface Turning {
  readonly rules: readonly Reading[];
  readonly keys: readonly { readonly by: Term; readonly bounds: readonly bigint[] }[];
}
const turning = new WeakMap<CompiledPack, Turning>();

function turningOf(pack: CompiledPack): Turning {
  const known = turning.get(pack) ?? readTurning(pack.pack);
  turning.set(pack, known);
  return known;
}

function readTurning(pack: Pack): Turning {
  const { tables = {} } = pack;
  const keys = Object.values(tables).map(({ by, dated }) => {
    const bounds = dated.flatMap(({ rows }) => rows.flatMap(({ from, to }) => [from, to ?? from]));
    return { by: termIn(by), bounds: [...new Set(bounds)].map(BigInt) };
  });
  return { rules: expressionsOf({ ...pack, tables: {} }).map(readingOf), keys };
}

/** The cuts of `date` for `pack` on `facts`. `variables` are the facts as the pack's expressions see them. */
export function cuts(pack: CompiledPack, facts: Facts, variables: Variables, date: DateFact): Cuts {
  const basis = pack.pack.dateBasis;
  const ages = agesWith(date, basis);
  const now = dateIn(facts, date) ?? 0n;
  const slope = (path: string): number => moves(path, date, basis);
  const aging = (path: string): number => (ages && path === "insured.ageYears" ? 1 : 0);
  const days = new Set<Day>();
  const years = new Set<bigint>();
  let complete = true;
  const turn = (op: Comparison, byDay: Growth, byYear: Growth, gap: bigint): void => {
    if (isUnit(byDay) && byYear === 0) addTurns(days, op, byDay, now, gap);
    else if (isUnit(byYear) && byDay === 0)
      addTurns(years, op, byYear, facts.insured.ageYears, gap);
    else if (byDay !== 0 || byYear !== 0) complete = false;
  };
  const { rules, keys } = turningOf(pack);
  for (const { by, bounds } of keys) {
    const [byDay, byYear] = [growth(by.expr, slope), growth(by.expr, aging)];
    if (byDay === 0 && byYear === 0) continue;
    const key = by.value(variables);
    if (typeof key !== "bigint") complete = false;
    else for (const bound of bounds) turn(">=", byDay, byYear, key - bound);
  }
  for (const { comparisons, loose } of rules) {
    for (const path of loose) if (slope(path) + aging(path) !== 0) complete = false;
    for (const comparison of comparisons) {
      const [byDay, byYear] = [growthOf(comparison, slope), growthOf(comparison, aging)];
      if (byDay === 0 && byYear === 0) continue;
      const gap = gapOf(comparison, variables);
      // A row or a dated parameter beside the date may be another where the date is.
      if (gap === undefined || namesShifting(pack.pack, comparison)) complete = false;
      if (gap !== undefined) turn(comparison.op, byDay, byYear, gap);
    }
  }
  if (ages && facts.insured.hasBirthDay) years.add(0n);
  for (const age of years) addBirthday(days, facts, date, age);
  if (slope("basisDay") === 1) for (const day of datedDays(pack)) days.add(day);
  const within = [...days].filter((day) => day > firstDay && day <= lastDay);
  return { days: within.sort((a, b) => (a < b ? -1 : 1)), complete };
}

/** Whether a comparison names a table's row or a parameter that goes by days. */
function namesShifting({ parameters }: Pack, { left, right }: Sides): boolean {
  return [...pathsIn(left.expr), ...pathsIn(right.expr)].some((path) => {
    const [group, name = ""] = path.split(".");
    const parameter = group === "p" ? parameters[name] : undefined;
    return group === "t" || (parameter !== undefined && isDated(parameter));
  });
}

/** The days from which another version, parameter or set of rows is in force. */
function datedDays({ pack, from, to }: CompiledPack): Day[] {
  const parameters = Object.values(pack.parameters).flatMap((each) =>
    isDated(each) ? each.dated : [],
  );
  const tables = Object.values(pack.tables ?? {}).flatMap(({ dated }) => dated);
  const froms = [...parameters, ...tables].map((each) => parseDay(each.from, "from"));
  return [from, ...(to === null ? [] : [to]), ...froms];
}

/** The two terms of a comparison. */
interface Sides {
  readonly left: Term;
  readonly right: Term;
}

type Growth = number | undefined;
const isUnit = (growth: Growth): growth is 1 | -1 => growth === 1 || growth === -1;

/** Adds where `left op right` turns, as what is `now` moves and `left - right`, which is `gap`, grows with it or against it. */
function addTurns(
  turns: Set<bigint>,
  op: Comparison,
  growth: 1 | -1,
  now: bigint,
  gap: bigint,
): void {
  const equal = now - gap * BigInt(growth);
  const exact = op === "==" || op === "!=";
  // Growing, `<` and `>=` turn when the terms are equal, `<=` and `>` one later; against it, the other way round.
  const atEqual = (op === "<" || op === ">=") === (growth === 1);
  if (exact || atEqual) turns.add(equal);
  if (exact || !atEqual) turns.add(equal + 1n);
}

/** How much `left - right` grows when what `slope` speaks of grows by one; undefined where that is not always the same. */
function growthOf({ left, right }: Sides, slope: (path: string) => number): number | undefined {
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
function gapOf({ left, right }: Sides, variables: Variables): bigint | undefined {
  const [a, b] = [left.value(variables), right.value(variables)];
  return typeof a === "bigint" && typeof b === "bigint" ? a - b : undefined;
}

/** Adds the day of `date` between which and the day before it the insured person's age passes from below `years` to `years`, or back. */
function addBirthday(
  days: Set<Day>,
  { basisDay, insured }: Facts,
  date: DateFact,
  years: bigint,
): void {
  const born = date === "insured.birthDay";
  const [year = "", ...rest] = formatDay(born ? basisDay : insured.birthDay).split("-");
  const shifted = BigInt(year) + (born ? -years : years);
  if (shifted < 1801n || shifted > 2998n) return;
  const monthAndDay = rest.join("-").replace("02-29", "02-28");
  const about = parseDay(`${shifted}-${monthAndDay}`, "birthday");
  // A person born on 29 February ages on 1 March of a common year: the day is within two of this one.
  const old = (day: Day): boolean =>
    (born ? wholeYears(day, basisDay) : wholeYears(insured.birthDay, day)) >= years;
  for (let day = about - 2n; day <= about + 2n; day++) {
    if (old(day) !== old(day - 1n)) days.add(day);
  }
}
