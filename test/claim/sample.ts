import { type Accumulator, newAccumulator } from "../../shared/base/accumulator.ts";
import type { Seen } from "../../shared/base/event.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import type { Ruling } from "../../shared/claim/ruling.ts";
import type { ClaimState } from "../../shared/claim/state.ts";
import type { Submission } from "../../shared/claim/submission.ts";
import { evolveSubmitted, submitClaim } from "../../shared/claim/submit.ts";
import type { ClaimWorld, SeenPack } from "../../shared/claim/world.ts";
import { compilePack } from "../../shared/coverage/compile.ts";
import { packHash } from "../../shared/coverage/pack.ts";
import { planSchedule } from "../../shared/coverage/packs.ts";
import type { Terms } from "../../shared/policy/policy.ts";
import { windowOf } from "../../shared/policy/publish-pack.ts";
import * as policies from "../policy/sample.ts";

const { claimStream, day, handle, insured, noon, packStream, policyStream, seen, usd } = policies;

/** One line of `claimed` minor units; `contracted` where the plan's schedule fixes it. */
export const line = (claimed: bigint, contracted?: bigint): Submission["lines"][number] => ({
  service: "surgery",
  claimed: usd(claimed),
  ...(contracted === undefined ? {} : { contracted: { amount: usd(contracted), source: "plan" } }),
});

export const submission = (over: Partial<Submission> = {}): Submission => ({
  policy: policyStream,
  event: "service",
  lossDate: day("2021-05-04"),
  diagnoses: [{ system: "icd-10", code: "U07.1" }],
  lines: [line(50_000n)],
  payee: { name: "Test Payee", account: "DE00TEST1" },
  ...over,
});

/** A claim as it was submitted by the insured, or by the intake where a line states a contracted amount. */
export function submitted(over: Partial<Submission> = {}): ClaimState {
  const stated = submission(over);
  const intake = stated.lines.some(({ contracted }) => contracted);
  const event = submitClaim(
    policies.insurer(),
    stated.policy ? policies.policy() : undefined,
    claimStream,
    intake ? { ...stated, onBehalfOf: insured } : stated,
    intake ? { person: handle("e"), channel: "intake" } : { person: insured, channel: "claimant" },
    policies.byPerson(intake ? handle("e") : insured),
  );
  if (isRefusal(event)) throw new Error(event.detail);
  return evolveSubmitted(event);
}

/** A decision that stands: a person denied. */
export const decidedOnce: NonNullable<ClaimState["decision"]> = {
  version: 2n,
  outcome: "DENY",
  award: usd(0n),
  reasonCode: "NOT_COVERED",
  by: "person",
  decider: handle("e"),
  packVersion: null,
  fund: null,
  counts: null,
  supersedes: null,
  at: noon,
};

const compiled = compilePack(planSchedule);

export const pack = (version = 1n): SeenPack => {
  const { id, dateBasis } = planSchedule;
  const published = { version, hash: packHash(planSchedule), ...windowOf(planSchedule) };
  const { from, to, ...newest } = published;
  const state = { pack: id, dateBasis, ...newest, versions: [published] };
  return { ...seen(packStream, state, version), compiled };
};

/** What a decision on `state` reads: with a policy unless told otherwise, nothing approved yet. */
export function world(
  state: ClaimState,
  over: {
    insurer?: ClaimWorld["insurer"];
    terms?: Partial<Terms>;
    cancelled?: boolean;
    approved?: Record<string, bigint>;
    claim?: Record<string, bigint>;
    version?: bigint;
    packVersion?: bigint;
  } = {},
): ClaimWorld {
  const claim: Seen<ClaimState> = seen(claimStream, state, over.version ?? 1n);
  const row = (subject: Accumulator["subject"], values: Record<string, bigint> = {}) => ({
    ...newAccumulator(subject),
    values,
  });
  return {
    insurer: over.insurer ?? policies.insurer(),
    claim,
    claimAccumulator: row(`claim/${claimStream}`, over.claim),
    ...(state.submission.policy
      ? {
          cover: {
            policy: policies.policy(over.terms, over.cancelled ? "cancelled" : "active"),
            accumulator: row(`policy/${policyStream}`, over.approved),
            pack: pack(over.packVersion),
          },
        }
      : {}),
  };
}

export const ruling = (over: Partial<Ruling> = {}): Ruling => ({
  outcome: "PAY",
  reasonCode: "COVERED",
  reason: "covered",
  fileOpenedAt: noon,
  documentsOpened: [],
  ...over,
});
