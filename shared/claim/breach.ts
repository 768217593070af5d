import * as z from "zod";
import type { Act } from "../base/actor.ts";
import { countCodec, instantCodec } from "../base/codec.ts";
import { dayUs } from "../base/day.ts";
import { type DomainEvent, eventForm, eventOf, type Seen } from "../base/event.ts";
import type { Instant } from "../base/instant.ts";
import { type Refusal, refuse } from "../base/refusal.ts";
import { clockIn } from "../policy/clocks.ts";
import { type Clock, type InsurerState, jurisdictionSchema } from "../policy/insurer.ts";
import { clockOf } from "./clock.ts";
import { type ClaimState, type ClockName, clockNames, openStatuses } from "./state.ts";

const breachedSchema = () =>
  z.strictObject({
    now: instantCodec,
    clock: z.enum(clockNames),
    /** What the days count from: the notice, an appeal, a reopening or an acknowledgement; of `pay` the decision. */
    from: instantCodec,
    /** Until when the act was due: its last moment. */
    due: instantCodec,
    /** The record that published the clocks in force, and whose days of them these are. */
    clocksVersion: countCodec,
    jurisdiction: jurisdictionSchema,
  });
export type Breached = z.output<ReturnType<typeof breachedSchema>>;
/** A statutory clock ran out: what was due, and when. It names nobody, and is no act on the claim. */
export const breachedForm = eventForm("claim.clock-breached", breachedSchema);

/** What the clocks of a claim go by. */
export interface ClockedClaim {
  readonly insurer: Seen<InsurerState>;
  readonly claim: Seen<ClaimState>;
  /** Where its policy says it is; absent without a policy, or where that names none. */
  readonly jurisdiction: string | undefined;
}

/** A clock that runs: the claim still waits for what is due. */
export interface Running {
  readonly clock: ClockName;
  readonly from: Instant;
  readonly due: Instant;
}

/**
 * The clocks of a claim that run, under one rule, those of which no breach was recorded yet; at most one of each name. `ordered` says of a deadline how much
 * indemnity banks were ordered to pay, in minor units. While information is awaited nothing runs out that had not before.
 */
export function runningClocks(
  state: ClaimState,
  rule: Clock,
  ordered: (due: Instant) => bigint,
): readonly Running[] {
  const all = [acknowledgeBy(state, rule), decideBy(state, rule), payBy(state, rule, ordered)];
  return all.flatMap((one) => (one && !isRecorded(state, one) ? [one] : []));
}

/** Of a claim that was neither acknowledged nor decided: a decision tells the claimant as well that it came in. */
function acknowledgeBy(state: ClaimState, { acknowledgeDays }: Clock): Running | undefined {
  const { status, submittedAt, acknowledgedAt, decision, clock } = state;
  const told = acknowledgedAt !== null || (decision !== null && decision.outcome !== "REFER");
  if (told || !openStatuses.includes(status)) return undefined;
  const due = submittedAt + acknowledgeDays * dayUs + (clock?.pausedUs ?? 0n);
  const pausedAt = clock?.pausedAt ?? null;
  if (pausedAt !== null && pausedAt <= due) return undefined;
  return { clock: "acknowledge", from: submittedAt, due };
}

function decideBy(state: ClaimState, rule: Clock): Running | undefined {
  const pausedAt = state.clock?.pausedAt ?? null;
  const within = { days: rule.decideDays, from: rule.decideFrom };
  // As it stood when information was asked for: what had run out by then stays so.
  const clock = clockOf(state, pausedAt ?? state.submittedAt, within);
  if (!clock || (pausedAt !== null && !clock.overdue)) return undefined;
  const paused = state.clock?.pausedUs ?? 0n;
  const from = clock.decideBy - paused - rule.decideDays * dayUs;
  return { clock: "decide", from, due: clock.decideBy };
}

/** Of an award of which banks were not ordered to pay all. A claim that is closed or withdrawn waits for no payment. */
function payBy(
  { status, decision }: ClaimState,
  { payDays }: Clock,
  ordered: (due: Instant) => bigint,
): Running | undefined {
  if (status === "closed" || status === "withdrawn" || decision === null) return undefined;
  if (decision.award.minor === 0n) return undefined;
  const due = decision.at + payDays * dayUs;
  return ordered(due) < decision.award.minor ? { clock: "pay", from: decision.at, due } : undefined;
}

/** Whether a breach of this run was recorded: a run begins after the one before it. */
const isRecorded = ({ breaches, clock, submittedAt }: ClaimState, run: Running): boolean => {
  const noticed = clock?.from ?? submittedAt;
  const begun = run.clock === "decide" ? noticed : run.from;
  return breaches.some((one) => one.clock === run.clock && one.from >= begun);
};

/** The rule of the clocks in force that goes for the claim, with the record that published it; undefined before any is published. */
export function ruleFor({ insurer, jurisdiction }: Pick<ClockedClaim, "insurer" | "jurisdiction">) {
  const rule = clockIn(insurer.state, jurisdiction);
  const version = insurer.state.clocks?.version;
  return rule && version !== undefined ? { rule, version } : undefined;
}

/**
 * A machine records that `clock` ran out before what was due was done: once for each run of it, never before its last moment is over. `ordered` as for
 * {@link runningClocks}.
 */
export function recordBreach(
  clocked: ClockedClaim,
  clock: ClockName,
  ordered: (due: Instant) => bigint,
  act: Act,
): DomainEvent | Refusal {
  if (act.kind !== "machine") return refuse("not-permitted", "A machine watches the clocks.");
  const found = ruleFor(clocked);
  if (!found) return refuse("wrong-state", "The insurer has not published its clocks.");
  const { state, stream } = clocked.claim;
  const run = runningClocks(state, found.rule, ordered).find((one) => one.clock === clock);
  if (!run)
    return refuse("wrong-state", "No such clock of the claim runs, or its breach is known.");
  if (act.now <= run.due) return refuse("not-due", "The clock has not run out.");
  return eventOf(breachedForm, stream, {
    now: act.now,
    ...run,
    clocksVersion: found.version,
    jurisdiction: found.rule.jurisdiction,
  });
}

/** The claim after a breach was recorded: the newest of each clock is remembered. */
export function evolveBreached(state: ClaimState, event: DomainEvent): ClaimState {
  const { clock, from, due, now } = event.content as Breached;
  const others = state.breaches.filter((one) => one.clock !== clock);
  return { ...state, breaches: [...others, { clock, from, due, recordedAt: now }] };
}

/** When the first clock of a claim runs out, under the insurer's clocks of now; null where none runs. Before any are published, the end of time, where one would run. */
export function breachDueOf(
  state: ClaimState,
  insurer: Pick<InsurerState, "clocks">,
  jurisdiction: string | undefined,
  ordered: (due: Instant) => bigint,
): Instant | null {
  const rule = clockIn(insurer, jurisdiction);
  const running = runningClocks(state, rule ?? anyRule, ordered);
  const [first] = [...running].sort((a, b) => (a.due < b.due ? -1 : 1));
  if (!first) return null;
  return rule ? first.due : endOfTime;
}

const endOfTime = 9_223_372_036_854_775_807n;
const anyRule: Clock = {
  jurisdiction: "ZZ",
  acknowledgeDays: 1n,
  decideDays: 1n,
  decideFrom: "notice",
  payDays: 1n,
};
