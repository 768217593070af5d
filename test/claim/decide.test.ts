import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { DomainEvent } from "../../shared/base/event.ts";
import { encodeContent } from "../../shared/base/event.ts";
import { isRefusal, type Refusal } from "../../shared/base/refusal.ts";
import { adjudicateClaim } from "../../shared/claim/adjudicate.ts";
import { type Decided, decidedForm, evolveDecided } from "../../shared/claim/decided.ts";
import { evolveStep, stepClaim } from "../../shared/claim/lifecycle.ts";
import { ruleOnClaim } from "../../shared/claim/rule.ts";
import { type ClaimState, claimStatuses } from "../../shared/claim/state.ts";
import type { ClaimWorld } from "../../shared/claim/world.ts";
import { approvedUnder } from "../../shared/policy/policy.ts";
import {
  byMachine,
  byPerson,
  bySimulated,
  claimStream,
  handle,
  minute,
  noon,
  policyStream,
  simulation,
  stranger,
  usd,
} from "../policy/sample.ts";
import { line, ruling, submitted, world } from "./sample.ts";

const refused = (code: string) => expect.objectContaining({ refused: code });
const adjuster = byPerson(handle("e"));
const medical = approvedUnder("medical");

const referred = (over = {}): ClaimState => ({ ...submitted(over), status: "referred" });

function decided(result: DomainEvent | Refusal): Decided {
  if (isRefusal(result)) throw new Error(`${result.refused}: ${result.detail}`);
  return result.content as Decided;
}

/** The claim after a decision in `on`. */
function standingAfter(on: ClaimWorld, result: DomainEvent | Refusal, act = adjuster): ClaimState {
  if (isRefusal(result)) throw new Error(`${result.refused}: ${result.detail}`);
  return evolveDecided(on.claim.state, result, on.claim.version + 1n, act.kind);
}

describe("the pack", () => {
  const contracted = submitted({ lines: [line(50_000n, 30_000n)] });

  test("pays what the schedule fixes, with reason, clause, engine and everything it read", () => {
    const on = world(contracted);
    const content = decided(adjudicateClaim(on, byMachine()));
    expect(content).toMatchObject({
      command: { kind: "adjudicate" },
      outcome: "PAY_PART",
      award: usd(30_000n),
      reductions: [{ reasonCode: "PLAN_SCHEDULE", amount: usd(20_000n) }],
      pack: { version: 1n },
      counts: { [medical]: 30_000n },
      supersedes: null,
    });
    expect(content.citation?.clause).toBe("Schedule 4");
    expect(content.accumulators.map(({ subject }) => subject)).toEqual([
      `claim/${on.claim.stream}`,
      `policy/${policyStream}`,
    ]);
    const fields = content.inputs.map(({ field }) => field).sort();
    expect(fields).toEqual(
      [
        ...["birthDate", "claimed", "coverage", "diagnoses", "end", "event", "limit"],
        ...["lines", "lossDate", "now", "policy", "start"],
      ].sort(),
    );
    const kept = decidedForm.schema.parse(encodeContent(decidedForm, content));
    expect(kept).toEqual(content);
  });

  test("cuts to what the limit leaves, and refers where nothing is left", () => {
    const award = (approved: bigint) =>
      decided(
        adjudicateClaim(world(contracted, { approved: { [medical]: approved } }), byMachine()),
      );
    expect(award(990_000n)).toMatchObject({ outcome: "PAY_PART", award: usd(10_000n) });
    expect(award(970_000n)).toMatchObject({ outcome: "PAY_PART", award: usd(30_000n) });
    expect(award(1_000_000n)).toMatchObject({ outcome: "REFER", reasonCode: "LIMIT_EXHAUSTED" });
    expect(award(2_000_000n)).toMatchObject({ outcome: "REFER", award: usd(0n) });
  });

  test("refers a claim without a policy, and one under a cancelled policy", () => {
    const none = submitted({ policy: undefined } as never);
    expect(decided(adjudicateClaim(world(none), byMachine()))).toMatchObject({
      outcome: "REFER",
      reasonCode: "NO_POLICY",
      pack: null,
      engine: null,
      counts: null,
    });
    const cancelled = world(contracted, { cancelled: true });
    expect(decided(adjudicateClaim(cancelled, byMachine()))).toMatchObject({
      outcome: "REFER",
      award: usd(0n),
      reasonCode: "POLICY_CANCELLED",
    });
  });

  test("never denies, never pays more than was claimed, and never pays zero", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2_000n }),
        fc.option(fc.bigInt({ min: 0n, max: 2_000n })),
        fc.option(fc.bigInt({ min: 0n, max: 2_000n })),
        fc.bigInt({ min: 0n, max: 2_000n }),
        fc.boolean(),
        (claimed, plan, limit, approved, cancelled) => {
          const state = submitted({ lines: [line(claimed, plan ?? undefined)] });
          const on = world(state, {
            cancelled,
            terms: { limit: limit === null ? null : usd(limit) },
            approved: { [medical]: approved },
          });
          const { outcome, award, reductions } = decided(adjudicateClaim(on, byMachine()));
          expect(["PAY", "PAY_PART", "REFER"]).toContain(outcome);
          expect(award.minor === 0n).toBe(outcome === "REFER" || claimed === 0n);
          if (outcome === "REFER") return;
          const less = reductions.reduce((sum, { amount }) => sum + amount.minor, 0n);
          expect(award.minor + less).toBe(claimed);
          if (limit !== null)
            expect(approved + award.minor <= limit || award.minor === 0n).toBe(true);
        },
      ),
    );
  });

  test("runs once; again only on a referred claim under a newer version", () => {
    for (const status of claimStatuses) {
      const on = world({ ...contracted, status });
      const result = adjudicateClaim(on, byMachine());
      if (status === "submitted") expect(isRefusal(result)).toBe(false);
      else expect(result).toEqual(refused("wrong-state"));
    }
    const first = world(submitted());
    const waiting = standingAfter(first, adjudicateClaim(first, byMachine()), byMachine());
    expect(waiting.status).toBe("referred");
    const again = (packVersion: bigint) =>
      adjudicateClaim(world(waiting, { packVersion, version: 2n }), byMachine());
    expect(again(1n)).toEqual(refused("wrong-state"));
    expect(decided(again(2n))).toMatchObject({ supersedes: 2n, pack: { version: 2n } });
    const replaced = standingAfter(world(waiting, { version: 2n }), again(2n), byMachine());
    expect([waiting.decision?.supersedes, replaced.decision?.supersedes]).toEqual([null, 2n]);
  });

  test("is run by a machine", () => {
    expect(adjudicateClaim(world(contracted), adjuster)).toEqual(refused("not-permitted"));
  });
});

describe("a ruling", () => {
  const on = world(referred());
  const rule = (over: Parameters<typeof ruling>[0], act = adjuster, where = on) =>
    ruleOnClaim(where, ruling(over), act);

  test("PAY awards what was claimed", () => {
    for (const amount of [undefined, usd(50_000n)]) {
      expect(decided(rule(amount ? { amount } : {}))).toMatchObject({
        outcome: "PAY",
        award: usd(50_000n),
        reductions: [],
        engine: null,
        by: { person: handle("e") },
      });
    }
    expect(rule({ amount: usd(49_999n) })).toEqual(refused("amount-required"));
  });

  test("PAY_PART awards its amount, less than was claimed, and says what is missing", () => {
    expect(decided(rule({ outcome: "PAY_PART", amount: usd(20_000n) }))).toMatchObject({
      award: usd(20_000n),
      reductions: [{ reasonCode: "COVERED", amount: usd(30_000n) }],
    });
    const atZero = { outcome: "PAY_PART", amount: usd(0n), reasonCode: "COVERED_AT_ZERO" } as const;
    expect(decided(rule(atZero))).toMatchObject({ award: usd(0n) });
    expect(rule({ outcome: "PAY_PART" })).toEqual(refused("amount-required"));
    expect(rule({ outcome: "PAY_PART", amount: usd(50_000n) })).toEqual(refused("amount-required"));
    expect(rule({ outcome: "PAY_PART", amount: usd(50_001n) })).toEqual(
      refused("amount-above-claimed"),
    );
    const euros = { minor: 1n, currency: "EUR" } as const;
    expect(rule({ outcome: "PAY_PART", amount: euros })).toEqual(refused("currency-mismatch"));
  });

  test("DENY awards nothing, has no amount, and can't come from a file opened in the future", () => {
    const denied = { outcome: "DENY", reasonCode: "NOT_COVERED" } as const;
    expect(decided(rule(denied))).toMatchObject({ award: usd(0n), reductions: [] });
    expect(rule({ ...denied, amount: usd(0n) })).toEqual(refused("amount-required"));
    expect(rule({ ...denied, fileOpenedAt: noon + 1n })).toEqual(refused("file-time"));
    expect(rule({ ...denied, fileOpenedAt: noon - minute })).toEqual(refused("file-time"));
  });

  test("is a person's, a simulated one's only in a simulation", () => {
    expect(rule({}, byMachine())).toEqual(refused("person-required"));
    const played = bySimulated(handle("e"));
    expect(rule({}, played)).toEqual(refused("simulation-only"));
    const game = world(referred(), { insurer: simulation });
    expect(isRefusal(rule({}, played, game))).toBe(false);
  });

  test("comes only where a claim was referred, appealed or reopened", () => {
    for (const status of claimStatuses) {
      const result = rule({}, adjuster, world({ ...submitted(), status }));
      if (["referred", "appealed", "reopened"].includes(status)) {
        expect(isRefusal(result)).toBe(false);
      } else expect(result).toEqual(refused("wrong-state"));
    }
  });

  test("on an appeal is another person's than any who decided before", () => {
    const first = standingAfter(on, rule({ outcome: "DENY", reasonCode: "NOT_COVERED" }));
    const why = byPerson(stranger);
    const appeal = stepClaim({ ...on, claim: { ...on.claim, state: first } }, "appeal", "why", why);
    if (isRefusal(appeal)) throw new Error(appeal.detail);
    const appealed = world(evolveStep(first, appeal), { version: 3n });
    expect(rule({}, adjuster, appealed)).toEqual(refused("same-decider"));
    const other = rule({}, byPerson(handle("f")), appealed);
    expect(decided(other)).toMatchObject({ supersedes: 2n });
    const second = { ...standingAfter(appealed, other), status: "appealed" as const };
    for (const person of [handle("e"), handle("f")]) {
      expect(rule({}, byPerson(person), world(second))).toEqual(refused("same-decider"));
    }
  });

  test("without a policy pays nothing, but denies", () => {
    const none = world({ ...referred({ policy: undefined } as never) });
    expect(rule({}, adjuster, none)).toEqual(refused("no-policy"));
    expect(isRefusal(rule({ outcome: "DENY", reasonCode: "NO_INSURER" }, adjuster, none))).toBe(
      false,
    );
  });

  test("can't pass what the limit leaves, nor undo what is paid or on its way", () => {
    const tight = world(referred(), { approved: { [medical]: 950_001n } });
    expect(rule({}, adjuster, tight)).toEqual(refused("limit-exceeded"));
    const fits = world(referred(), { approved: { [medical]: 950_000n } });
    expect(isRefusal(rule({}, adjuster, fits))).toBe(false);
    const paid = { approved: 50_000n, committed: 10_000n, paid: 20_000n, returned: 5_000n };
    const under = world({ ...referred(), status: "reopened" }, { claim: paid });
    const part = (minor: bigint) =>
      rule({ outcome: "PAY_PART", amount: usd(minor) }, adjuster, under);
    expect(part(24_999n)).toEqual(refused("award-exceeded"));
    expect(isRefusal(part(25_000n))).toBe(false);
    expect(rule({ outcome: "DENY", reasonCode: "GOODWILL" }, adjuster, under)).toEqual(
      refused("award-exceeded"),
    );
  });

  test("and what another insurer paid are together at most what was claimed", () => {
    const paid = { payer: "the other insurer", paid: usd(20_000n), source: "statement 7" };
    const shared = world(referred({ otherPayer: paid }));
    expect(rule({}, adjuster, shared)).toEqual(refused("amount-above-claimed"));
    const part = (minor: bigint) =>
      rule({ outcome: "PAY_PART", amount: usd(minor) }, adjuster, shared);
    expect(part(30_001n)).toEqual(refused("amount-above-claimed"));
    const event = part(30_000n);
    expect(isRefusal(event)).toBe(false);
    expect(event).toMatchObject({
      content: {
        inputs: expect.arrayContaining([
          {
            stream: claimStream,
            field: "otherPayer",
            value: { ...paid, paid: { amount: "200.00", currency: "USD" } },
          },
        ]),
      },
    });
  });
});
