import { claimEvents } from "../base/claim-event.ts";
import { type Day, formatDay, parseDay } from "../base/day.ts";
import { type Adjudication, adjudicate } from "../coverage/adjudicate.ts";
import type { Variables } from "../coverage/bindings.ts";
import type { CompiledPack } from "../coverage/compile.ts";
import { namesIn } from "../coverage/conditions.ts";
import type { Facts } from "../coverage/facts.ts";
import { factsNamed } from "../coverage/facts-read.ts";
import { variablesOf } from "../coverage/question.ts";
import { accumulatorsFor } from "../coverage/rule-steps.ts";
import { type DateFact, dateIn, dates, withDate } from "./change.ts";
import { cuts } from "./cuts.ts";

/** One value, other than it was, under which the same pack pays more. Found by running the pack on the changed facts, never by inference alone. */
export type Counterfactual = {
  /** Minor units that would be paid. */
  readonly minor: bigint;
} & (
  | {
      readonly date: DateFact;
      /** Every day from `from` to `to`, both included; null: without end that way, within the years 1800 to 2999. */
      readonly from: Day | null;
      readonly to: Day | null;
    }
  | { readonly event: Facts["claim"]["event"] }
);

/** Stretches of days tried per date and direction. */
const maxTried = 40;

type Found = Pick<Adjudication, "outcome" | "minor">;

/**
 * What single changes of a date or of the kind of event would have made `pack` pay more than it does on `facts`; undefined where it does not
 * decide `found` on them, so that nothing can be said.
 */
export function counterfactuals(
  pack: CompiledPack,
  facts: Facts,
  found: Found,
): readonly Counterfactual[] | undefined {
  if (found.outcome === "PAY" || (found.outcome === "PAY_PART" && isFixed(pack))) return [];
  if (!isSame(adjudicate(pack, facts), found)) return undefined;
  const named = factsNamed(pack.pack);
  const variables = variablesOf(pack, facts);
  return [
    ...dates.flatMap((date) =>
      named.includes(date) ? datesBetter(pack, facts, variables, found, date) : [],
    ),
    ...(named.includes("claim.event") ? eventsBetter(pack, facts, found) : []),
  ];
}

/** Amounts, which no date moves. */
const amounts = new Set([
  "claim.claimed",
  "claim.hasContracted",
  "claim.contracted",
  "claim.hasOtherPaid",
  "claim.otherPaid",
  "claim.lines",
  "policy.hasLimit",
  "policy.limit",
  "policy.remaining",
]);

const fixed = new WeakMap<CompiledPack, boolean>();

/** Whether one rule pays, and its amount is made of amounts only: then no date gives more, and most reductions need no trying. */
function isFixed(pack: CompiledPack): boolean {
  const known = fixed.get(pack) ?? paysOneAmount(pack);
  fixed.set(pack, known);
  return known;
}

function paysOneAmount({ pack, accumulates }: CompiledPack): boolean {
  const [paying, another] = pack.rules.filter((rule) => rule.then !== "REFER");
  if (!paying || another || accumulates || !("amount" in paying)) return false;
  const named = paying.amount === undefined ? [] : namesIn(paying.amount);
  return named.every((path) => amounts.has(path));
}

/** The nearest better stretch of days before, and after, the date as it was. */
function datesBetter(
  pack: CompiledPack,
  facts: Facts,
  variables: Variables,
  found: Found,
  date: DateFact,
): Counterfactual[] {
  const now = dateIn(facts, date);
  if (now === undefined) return [];
  const { days: changes, complete } = cuts(pack, facts, variables, date);
  const days = pack.accumulates ? withYear(changes, now) : changes;
  const later = days.filter((day) => day > now);
  const earlier = days.filter((day) => day <= now).reverse();
  const sumsAt = (at: Facts) => (pack.accumulates ? accumulatorsFor(pack.pack, at).join() : "");
  const sums = sumsAt(facts);
  const run = (day: Day): Adjudication | null => {
    const changed = withDate(facts, date, day, pack.pack.dateBasis);
    return sumsAt(changed) === sums ? adjudicate(pack, changed) : null;
  };
  return [
    // A stretch begins at a cut, and the one before it ends on the day before.
    ...stretch(later, run, found, (near, end) => ({
      date,
      from: near,
      to: complete ? end && end - 1n : near,
    })),
    ...stretch(
      earlier.map((day) => day - 1n),
      run,
      found,
      (near, end) => ({ date, from: complete ? end && end + 1n : near, to: near }),
    ),
  ];
}

/** The last one that has days (base/day.ts). */
const lastYear = 2999n;

/** Where the calendar year of `day` begins and the next one does, among the days of `changes`, all in order. */
function withYear(changes: readonly Day[], day: Day): Day[] {
  const year = BigInt(formatDay(day).slice(0, 4));
  const years = [year, year + 1n].filter((each) => each <= lastYear);
  const bounds = years.map((each) => parseDay(`${each}-01-01`, "year"));
  return [...new Set([...changes, ...bounds])].sort((a, b) => (a < b ? -1 : 1));
}

/**
 * Runs the pack on each of `tried`, nearest first, until it pays more; then on, until the answer is another: `end`, null for none. It ends, too, where
 * `run` can't tell: what other claims add up to in another period is not among the facts.
 */
function stretch(
  tried: readonly Day[],
  run: (day: Day) => Adjudication | null,
  found: Found,
  say: (near: Day, end: Day | null) => { date: DateFact; from: Day | null; to: Day | null },
): Counterfactual[] {
  let near: { readonly day: Day; readonly result: Adjudication } | undefined;
  for (const [index, day] of tried.entries()) {
    if (index === maxTried)
      return near ? [{ ...say(near.day, day), minor: near.result.minor }] : [];
    const result = run(day);
    if (result === null) return near ? [{ ...say(near.day, day), minor: near.result.minor }] : [];
    if (!near && isBetter(result, found)) near = { day, result };
    else if (near && !isSame(result, near.result)) {
      return [{ ...say(near.day, day), minor: near.result.minor }];
    }
  }
  return near ? [{ ...say(near.day, null), minor: near.result.minor }] : [];
}

function eventsBetter(pack: CompiledPack, facts: Facts, found: Found): Counterfactual[] {
  const { claim } = facts;
  return claimEvents.flatMap((event) => {
    if (event === claim.event) return [];
    const changed = adjudicate(pack, { ...facts, claim: { ...claim, event } });
    return isBetter(changed, found) ? [{ event, minor: changed.minor }] : [];
  });
}

const isBetter = (changed: Found, found: Found): boolean =>
  changed.outcome !== "REFER" && (found.outcome === "REFER" || changed.minor > found.minor);
const isSame = (a: Found, b: Found): boolean => a.outcome === b.outcome && a.minor === b.minor;
