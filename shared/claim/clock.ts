import { dayUs } from "../base/day.ts";
import type { Instant } from "../base/instant.ts";
import { clockIn } from "../policy/clocks.ts";
import type { InsurerState } from "../policy/insurer.ts";
import type { PolicyState } from "../policy/policy.ts";
import type { ClaimState } from "./state.ts";

/** How long an insurer has to decide: `days` of 24 hours, counted from the notice (or appeal, or reopening), or from its acknowledgement. */
export interface DecideWithin {
  readonly days: bigint;
  readonly from: "notice" | "acknowledgement";
}

/** The decide-by clock of a claim at one moment. A paused one moves on: `decideBy` is as if the answer came right then. */
export interface DecideClock {
  readonly decideBy: Instant;
  readonly paused: boolean;
  readonly overdue: boolean;
}

/**
 * The clock at `now`; undefined where none runs: the claim waits for no decision, or is not acknowledged and that is what starts it. Time during
 * which information was requested does not count.
 */
export function clockOf(
  state: Pick<ClaimState, "status" | "submittedAt" | "acknowledgedAt" | "clock">,
  now: Instant,
  { days, from }: DecideWithin,
): DecideClock | undefined {
  const { status, submittedAt, acknowledgedAt, clock } = state;
  if (status === "decided" || status === "withdrawn" || status === "closed") return undefined;
  const noticed = clock?.from ?? submittedAt;
  // An appeal or a reopening is later than the acknowledgement of the notice, and starts anew.
  const restarted = noticed > submittedAt;
  const start = from === "notice" || restarted ? noticed : acknowledgedAt;
  if (start === null) return undefined;
  const pausedAt = clock?.pausedAt ?? null;
  const waiting = pausedAt !== null && now > pausedAt ? now - pausedAt : 0n;
  const decideBy = start + days * dayUs + (clock?.pausedUs ?? 0n) + waiting;
  return { decideBy, paused: pausedAt !== null, overdue: now > decideBy };
}

/** The clock's data after a step at `now`: requests pause it, answers let it go on, an appeal or a reopening starts it anew. */
export function clockAfter(
  { clock, submittedAt }: Pick<ClaimState, "clock" | "submittedAt">,
  step: string,
  now: Instant,
): ClaimState["clock"] {
  const before = clock ?? { from: submittedAt, pausedAt: null, pausedUs: 0n };
  if (step === "appeal" || step === "reopen") return { from: now, pausedAt: null, pausedUs: 0n };
  if (step === "request-information") return { ...before, pausedAt: now };
  if (step !== "answer-information" || before.pausedAt === null) return clock;
  const waited = now > before.pausedAt ? now - before.pausedAt : 0n;
  return { ...before, pausedAt: null, pausedUs: before.pausedUs + waited };
}

/**
 * By when the claim is to be decided, under the insurer's clocks of now for its policy's jurisdiction; null where none runs, or it is paused: then what is
 * left of it is not known before the answer.
 */
export function decideByOf(
  state: ClaimState,
  insurer: Pick<InsurerState, "clocks">,
  policy: PolicyState | undefined,
): Instant | null {
  const rule = clockIn(insurer, policy?.terms.jurisdiction);
  const clock =
    rule && clockOf(state, state.submittedAt, { days: rule.decideDays, from: rule.decideFrom });
  return clock && !clock.paused ? clock.decideBy : null;
}
