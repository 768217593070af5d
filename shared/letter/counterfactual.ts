import type { Day } from "../base/day.ts";
import { type Adjudication, adjudicate } from "../coverage/adjudicate.ts";
import { bindFacts } from "../coverage/bindings.ts";
import type { CompiledPack } from "../coverage/compile.ts";
import { namesIn } from "../coverage/conditions.ts";
import type { Facts } from "../coverage/facts.ts";
import { breakpoints } from "./breakpoints.ts";
import { type DateFact, dateIn, dates, events, withDate } from "./change.ts";

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

/** Days tried per date and direction. */
const maxTried = 40;

/** What single changes of a date or of the kind of event would have made `pack` pay more than `found`; empty where nothing more was asked. */
export function counterfactuals(
  pack: CompiledPack,
  facts: Facts,
  found: Found,
): readonly Counterfactual[] {
  if (found.outcome === "PAY" || !datesMatter(pack, found)) return [];
  return [
    ...dates.flatMap((date) => datesBetter(pack, facts, found, date)),
    ...eventsBetter(pack, facts, found),
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

/** Where one rule pays, and its amount is made of amounts only, no date gives more: most reductions need no trying. */
function datesMatter(pack: CompiledPack, { outcome }: Found): boolean {
  if (outcome === "REFER") return true;
  const known = fixed.get(pack) ?? onlyAmounts(pack);
  fixed.set(pack, known);
  return !known;
}

const fixed = new WeakMap<CompiledPack, boolean>();

function onlyAmounts({ pack }: CompiledPack): boolean {
  const [paying, another] = pack.rules.filter((rule) => rule.then !== "REFER");
  if (!paying || another || !("amount" in paying)) return false;
  const named = paying.amount === undefined ? [] : namesIn(paying.amount);
  return named.every((path) => amounts.has(path));
}

/** The nearest better stretch of days before, and after, the date as it was. */
function datesBetter(
  pack: CompiledPack,
  facts: Facts,
  found: Found,
  date: DateFact,
): Counterfactual[] {
  const now = dateIn(facts, date);
  if (now === undefined) return [];
  const basis = pack.pack.dateBasis;
  const { days, complete } = breakpoints(
    pack,
    facts,
    bindFacts(facts, pack.parametersOn(facts.basisDay)),
    date,
  );
  const run = (day: Day): Adjudication => adjudicate(pack, withDate(facts, date, day, basis));
  const later = days.filter((day) => day > now);
  const earlier = days.filter((day) => day < now).reverse();
  return [later, earlier].flatMap((tried) => {
    const all = tried.slice(0, maxTried);
    const first = all.findIndex((day) => isBetter(run(day), found));
    const near = all[first];
    if (near === undefined) return [];
    const better = run(near);
    const { minor } = better;
    if (!complete) return [{ date, minor, from: near, to: near }];
    const end = all.slice(first + 1).findIndex((day) => !isSame(run(day), better));
    const open = end < 0 && all.length === tried.length;
    const far = open ? null : (all[end < 0 ? all.length - 1 : first + end] ?? near);
    return [
      tried === later ? { date, minor, from: near, to: far } : { date, minor, from: far, to: near },
    ];
  });
}

function eventsBetter(pack: CompiledPack, facts: Facts, found: Found): Counterfactual[] {
  const { claim } = facts;
  return events.flatMap((event) => {
    if (event === claim.event) return [];
    const changed = adjudicate(pack, { ...facts, claim: { ...claim, event } });
    return isBetter(changed, found) ? [{ event, minor: changed.minor }] : [];
  });
}

type Found = Pick<Adjudication, "outcome" | "minor">;
const isBetter = (changed: Found, found: Found): boolean =>
  changed.outcome !== "REFER" && (found.outcome === "REFER" || changed.minor > found.minor);
const isSame = (a: Found, b: Found): boolean => a.outcome === b.outcome && a.minor === b.minor;
