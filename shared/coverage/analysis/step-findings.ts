import { caseFacts } from "../cases.ts";
import type { Pack } from "../pack.ts";
import type { Period } from "../period.ts";
import { accumulatorsFor, stepsOf } from "../rule-steps.ts";
import type { Step } from "../step-form.ts";
import { fullRate } from "../steps.ts";
import { evaluatePossible } from "./evaluate-possible.ts";
import { nearest } from "./nearest.ts";
import { errorAt, type Unplaced, warningAt } from "./pack-finding.ts";
import type { Reached } from "./reach.ts";

/** Steps that refer every claim, accumulators that look like one and are two, and golden cases that name an accumulator nothing adds to. */
export const stepFindings = (pack: Pack, reached: readonly Reached[]): Unplaced[] => [
  ...reached.flatMap(neverFits),
  ...apartByName(pack),
  ...unknownAccumulators(pack),
];

/** Amounts and rates that are outside what a step may take by, for every claim that comes to them. */
function neverFits({ rule, world }: Reached): Unplaced[] {
  return rule.steps.flatMap(({ step, path, bound }) => {
    const where = `rules[${rule.index}].${path}`;
    const possible = evaluatePossible(bound.parsed.expr, world);
    if (possible?.kind === "none") {
      return [errorAt("no-result", where, "never has a result, so every claim is referred here")];
    }
    if (possible?.kind !== "int") return [];
    if (possible.to < 0n) {
      return [errorAt("step-unfit", where, "is below zero, so every claim is referred here")];
    }
    if (step.kind !== "coinsurance" || possible.from <= fullRate) return [];
    const message = `is ${possible.from} or more: a rate is at most ${fullRate} basis points, which is 100 %, so every claim is referred here`;
    const help = "write 20 % as 2000";
    return [errorAt("step-unfit", where, message, { help })];
  });
}

/** A step that accumulates: where it stands, and over what. */
interface Accumulating {
  readonly where: string;
  readonly rule: string;
  readonly step: Extract<Step, { period: unknown }>;
}

/** Two ids of one kind and period that differ by a letter or two: the same id would be one accumulator, these are two. */
function apartByName({ rules }: Pack): Unplaced[] {
  const all = rules.flatMap((rule, index) =>
    stepsOf(rule).flatMap((step, at): Accumulating[] =>
      "period" in step && step.period !== "claim"
        ? [{ where: `rules[${index}].steps[${at}].id`, rule: rule.id, step }]
        : [],
    ),
  );
  return all.flatMap(({ where, rule, step }, index) => {
    const meant = all.slice(0, index).find((each) => isMisspelt(each, rule, step));
    if (!meant) return [];
    const message = `adds up apart from ${meant.step.id} of rule ${meant.rule}, another ${step.kind} per ${step.period}`;
    return [warningAt("accumulator", where, message, { help: `did you mean ${meant.step.id}?` })];
  });
}

const isMisspelt = (before: Accumulating, rule: string, step: Accumulating["step"]): boolean =>
  before.rule !== rule &&
  before.step.kind === step.kind &&
  before.step.period === step.period &&
  // Names that differ in their numbers are meant to.
  withoutDigits(before.step.id) !== withoutDigits(step.id) &&
  nearest(step.id, [before.step.id]) !== undefined;

const withoutDigits = (id: string): string => id.replace(/[0-9]/g, "");

/** What a golden case says was added up before under a name that no step ever asks for: it would count for nothing. Another year's is one that steps ask for. */
function unknownAccumulators(pack: Pack): Unplaced[] {
  const steps = pack.rules.flatMap(stepsOf);
  const isKnown = (name: string): boolean =>
    steps.some(
      (step) =>
        "period" in step &&
        name.startsWith(`${step.id}/`) &&
        firstDays[step.period].test(name.slice(step.id.length + 1)),
    );
  return pack.cases.flatMap(({ facts }, index) => {
    const unknown = Object.keys(facts.accumulated ?? {}).filter((name) => !isKnown(name));
    const ofClaim = accumulatorsFor(pack, caseFacts(pack.dateBasis, facts));
    const known = [...new Set(ofClaim)];
    return unknown.map((name) => {
      const near = nearest(name, known);
      const all = known.length === 0 ? "no step adds up" : `this claim's are ${known.join(", ")}`;
      const help = near === undefined ? all : `did you mean ${near}?`;
      const where = `cases[${index}].facts.accumulated.${name}`;
      return errorAt("accumulator", where, "is no accumulator of this pack", { help });
    });
  });
}

/** How the first day of a period is written in an accumulator's name (period.ts). */
const firstDays: Readonly<Record<Period, RegExp>> = {
  claim: /^(?!)/,
  "calendar-year": /^[0-9]{4}-01-01$/,
  policy: /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/,
  lifetime: /^lifetime$/,
};
