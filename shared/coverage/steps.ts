import type { Json } from "../base/canonical.ts";
import { least } from "../base/least.ts";
import { assert } from "../base/malformed.ts";
import { mulDiv } from "../base/rounding.ts";
import type { CompiledStep } from "./compiled-step.ts";
import type { Facts } from "./facts.ts";
import { accumulatorName } from "./period.ts";
import { type Answer, isNone, type Question } from "./question.ts";
import type { Step } from "./step-form.ts";

/** What one step took in the end: what a later maximum gave back is off. */
export interface Cut {
  readonly step: Step;
  readonly minor: bigint;
}

/**
 * What a claim adds to one accumulator (accumulatorName in period.ts): a limit counts what is `paid` in the end and has `room` for that much; a
 * deductible what the insured has `borne` through it; a maximum what is borne of all steps before it.
 */
export interface Count {
  readonly name: string;
  readonly counts: "paid" | "borne" | "borne-in-all";
  readonly minor: bigint;
  readonly room: bigint;
}

/** What the steps leave of an amount, and how. */
export interface Worked {
  readonly minor: bigint;
  /** In the order of the steps, zeros included. */
  readonly cuts: readonly Cut[];
  readonly counts: readonly Count[];
  /** What each line still counts for, after the limits per line. */
  readonly lines: readonly bigint[];
}

/** What the steps so far leave. */
interface Running {
  readonly minor: bigint;
  readonly lines: readonly bigint[];
  readonly cuts: readonly Cut[];
}

/** 100 % in basis points: the most a rate may be. */
export const fullRate = 10_000n;

/**
 * Takes `steps` from `start` minor units, in their order, and writes each into the trace. None where one has no result: its amount fails or is
 * negative, its rate is above 100 %, its period is not known, or lines are limited that do not add up to what is claimed.
 */
export function runSteps(
  steps: readonly CompiledStep[],
  facts: Facts,
  question: Question,
  start: bigint,
): Answer<Worked> {
  const claimedLines = facts.claim.lines.map(({ claimed }) => claimed);
  let running: Running = { minor: start, lines: claimedLines, cuts: [] };
  const rooms = new Map<Step, { name: string; room: bigint }>();
  for (const { step, bound } of steps) {
    const value = bound === null ? 0n : question.amount(bound);
    const name = "period" in step ? accumulatorName(step.id, step.period, facts) : null;
    if (isNone(value) || name === undefined || !isFit(step, value, running)) {
      question.trace.push({ step: step.id, kind: step.kind, error: true });
      return isNone(value) ? value : { none: "RULE_ERROR" };
    }
    const used = name === null ? 0n : (facts.accumulated[name] ?? 0n);
    const room = atLeastZero(value - used);
    if (name !== null) rooms.set(step, { name, room });
    const after = take(step, value, room, running, facts);
    question.trace.push(shown(step, value, name, used, running.minor, after.minor));
    running = after;
  }
  return { ...running, counts: countsOf(running, rooms) };
}

/** Whether a step may take by `value` at all. */
function isFit(step: Step, value: bigint, { minor, lines }: Running): boolean {
  if (step.kind === "line-limit" && sum(lines) !== minor) return false;
  return value >= 0n && (step.kind !== "coinsurance" || value <= fullRate);
}

function take(
  step: Step,
  value: bigint,
  room: bigint,
  running: Running,
  { claim }: Facts,
): Running {
  const { minor, cuts } = running;
  const less = (by: bigint): Running => ({
    ...running,
    minor: minor - by,
    cuts: [...cuts, { step, minor: by }],
  });
  switch (step.kind) {
    case "line-limit": {
      const lines = running.lines.map((line, index) => {
        const service = claim.lines[index]?.service;
        const limited = !step.services || step.services.some((each) => each === service);
        return limited ? least(line, value) : line;
      });
      return { ...less(minor - sum(lines)), lines };
    }
    case "deductible":
      return less(least(minor, room));
    case "coinsurance": {
      const share = mulDiv(minor, value, fullRate, step.rounding);
      assert(share !== undefined, "100 % is not zero");
      return less(share);
    }
    case "out-of-pocket-maximum":
      return giveBack(step, atLeastZero(borneIn(cuts) - room), running);
    case "limit":
      return less(atLeastZero(minor - room));
    case "other-payer": {
      const unpaid = atLeastZero(claim.claimed - (claim.hasOtherPaid ? claim.otherPaid : 0n));
      return less(atLeastZero(minor - unpaid));
    }
  }
}

/** Gives `back` to the insured: off what the step before took, then the one before that. */
function giveBack(step: Step, back: bigint, { minor, lines, cuts }: Running): Running {
  let left = back;
  const given = cuts.toReversed().map((cut): Cut => {
    const off = isShare(cut) ? least(cut.minor, left) : 0n;
    left -= off;
    return { step: cut.step, minor: cut.minor - off };
  });
  assert(left === 0n, "no more is given back than was taken");
  return { minor: minor + back, lines, cuts: [...given.toReversed(), { step, minor: 0n }] };
}

function countsOf(
  { minor, cuts }: Running,
  rooms: ReadonlyMap<Step, { readonly name: string; readonly room: bigint }>,
): Count[] {
  return cuts.flatMap((cut, index): Count[] => {
    const at = rooms.get(cut.step);
    if (!at) return [];
    if (cut.step.kind === "limit") return [{ ...at, counts: "paid", minor }];
    if (cut.step.kind === "deductible") return [{ ...at, counts: "borne", minor: cut.minor }];
    return [{ ...at, counts: "borne-in-all", minor: borneIn(cuts.slice(0, index)) }];
  });
}

/** One step as the trace shows it: what it goes by, what was used before, what it took (or gave back), what is left. */
function shown(
  { id, kind }: Step,
  value: bigint,
  name: string | null,
  used: bigint,
  before: bigint,
  after: bigint,
): Json {
  const by =
    kind === "other-payer" ? {} : { [kind === "coinsurance" ? "rate" : "of"]: value.toString() };
  const moved =
    after > before ? { back: (after - before).toString() } : { less: (before - after).toString() };
  const counted = name === null ? {} : { accumulator: name, used: used.toString() };
  return { step: id, kind, ...by, ...counted, ...moved, left: after.toString() };
}

const isShare = ({ step }: Cut): boolean =>
  step.kind === "deductible" || step.kind === "coinsurance";
const borneIn = (cuts: readonly Cut[]): bigint =>
  sum(cuts.filter(isShare).map(({ minor }) => minor));
const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((all, each) => all + each, 0n);
const atLeastZero = (amount: bigint): bigint => (amount > 0n ? amount : 0n);
