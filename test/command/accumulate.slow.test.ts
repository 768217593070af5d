import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { adjudicateWaiting } from "../../functions/adjudicator/core.ts";
import { actOf } from "../../functions/command/act.ts";
import { commitCommand } from "../../functions/command/commit.ts";
import { decide } from "../../functions/command/decide.ts";
import type { OperatorPorts } from "../../functions/operator/core.ts";
import { claimWorld } from "../../shared/audit/reader.ts";
import type { Day } from "../../shared/base/day.ts";
import { parseDay } from "../../shared/base/day.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { isRefusal, refuse } from "../../shared/base/refusal.ts";
import { stepClaim } from "../../shared/claim/lifecycle.ts";
import type { Ruling } from "../../shared/claim/ruling.ts";
import type { ClaimState } from "../../shared/claim/state.ts";
import { healthIndemnity } from "../../shared/coverage/packs.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { amountsOf } from "./amounts.ts";
import {
  callerOf,
  machine,
  openInsurer,
  rulingOf,
  startPlatform,
  submissionOf,
  submitClaimOf,
  type TestPlatform,
  usd,
} from "./platform.ts";

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.close());

const firstDay = parseDay("2021-03-01", "first");
const deductible = "medical/annual-deductible/2021-01-01";
const maximum = "medical/annual-maximum/2021-01-01";
const limit = "medical/annual-limit/2021-01-01";

/** Decides all that waits, 50 at once. On a machine that is busy with other things some run out of time; as the job does, what is left is taken up again. */
async function decideAll(insurer: string): Promise<void> {
  for (let run = 0; run < 20; run++) {
    try {
      await adjudicateWaiting(platform.ports, insurer, 100, 50);
      return;
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
    }
  }
}

/** A policy of 1980 under the health plan, without a limit of its own; nothing is paid out, so that decisions can be undone. */
async function openPlan(insurer: string) {
  const { ports } = platform;
  const opened = await openInsurer(ports, {
    insurer,
    plan: healthIndemnity,
    limit: null,
    band: 1n,
  });
  const { policy, insured } = opened;
  const claimant = callerOf(insurer, "claimant", insured);
  const adjuster = callerOf(insurer, "adjuster");
  const stateOf = (claim: Handle): Promise<ClaimState> =>
    commitCommand(ports, insurer, machine().now, async (transaction) => {
      const world = await claimWorld(transaction, claim);
      return world ? world.claim.state : refuse("not-found", "no claim");
    }) as Promise<ClaimState>;
  // The clock stands still: a busy machine takes no command's time away.
  const unhurried = (): OperatorPorts => {
    const now = ports.clock();
    return { ...ports, clock: () => now };
  };
  return {
    submit: (lossDate: Day, minor: bigint, by = claimant) =>
      submitClaimOf(unhurried(), by, { ...submissionOf(policy, minor), lossDate }),
    submitForThem: (lossDate: Day, minor: bigint) =>
      submitClaimOf(unhurried(), callerOf(insurer, "intake"), {
        ...submissionOf(policy, minor),
        lossDate,
        onBehalfOf: insured,
      }),
    decideAll: () => decideAll(insurer),
    rule: (claim: Handle, over: Partial<Ruling>) =>
      decide(ports, adjuster, claim, rulingOf(over), {}, machine().now),
    reopen: (claim: Handle) => {
      const act = actOf(adjuster, machine().now);
      return commitCommand(ports, insurer, act.now, async (transaction) => {
        const world = await claimWorld(transaction, claim);
        if (!world) return refuse("not-found", "no claim");
        const event = stepClaim(world, "reopen", "a mistake", act);
        return isRefusal(event) ? event : transaction.append(event, act);
      });
    },
    stateOf,
    sums: () => amountsOf(ports, insurer, `policy/${policy}`),
  };
}

describe("50 decisions at once on one policy of the health plan", () => {
  test("bear exactly one deductible and maximum, pay exactly the limit; what a denial takes back is there for another", async () => {
    const plan = await openPlan("plan");
    const days = Array.from({ length: 50 }, (_, day) => firstDay + BigInt(day));
    const claims = await Promise.all(days.map((day) => plan.submit(day, 110_000n)));
    await plan.decideAll();
    const full = {
      "medical/approved": 5_000_000n,
      [deductible]: 50_000n,
      [maximum]: 200_000n,
      [limit]: 5_000_000n,
      "medical/lifetime-limit/lifetime": 5_000_000n,
    };
    expect(await plan.sums()).toMatchObject(full);
    const states = await Promise.all(claims.map(plan.stateOf));
    const awards = states
      .map(({ decision }) => decision?.award.minor ?? 0n)
      .sort((a, b) => Number(a - b));
    // Two find nothing left. One bears the deductible, six 20 %, one the last 60.00 of the maximum; one meets the limit.
    expect(awards).toEqual([
      ...[0n, 0n, 30_000n, 48_000n, 88_000n, 88_000n, 88_000n, 88_000n, 88_000n, 88_000n, 104_000n],
      ...Array.from({ length: 39 }, () => 110_000n),
    ]);
    const referred = claims.filter((_, index) => states[index]?.status === "referred");
    const whole = claims.find((_, index) => states[index]?.decision?.outcome === "PAY") ?? "";
    const pay = { outcome: "PAY_PART", amount: usd(100_000n), reasonCode: "GOODWILL" } as const;
    expect(await plan.rule(referred[0] ?? "", pay)).toMatchObject({ refused: "limit-exceeded" });
    await plan.reopen(whole);
    expect(isRefusal(await plan.rule(whole, { outcome: "DENY", reasonCode: "NOT_COVERED" }))).toBe(
      false,
    );
    expect(await plan.sums()).toMatchObject({ [limit]: 4_890_000n, [maximum]: 200_000n });
    const replies = await Promise.all(
      referred.map((claim) => plan.rule(claim, { ...pay, amount: usd(60_000n) })),
    );
    // 1,100.00 came back: for one of two at once, not for both.
    expect(replies.filter(isRefusal)).toMatchObject([{ refused: "limit-exceeded" }]);
    expect(await plan.sums()).toMatchObject({
      [limit]: 4_950_000n,
      "medical/approved": 4_950_000n,
    });
  });

  test("of one loss claimed 50 times through two channels, one is paid; every other names it", async () => {
    const plan = await openPlan("twice");
    const claims = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        (index % 2 === 0 ? plan.submit : plan.submitForThem)(firstDay, 100_000n),
      ),
    );
    await plan.decideAll();
    const states = await Promise.all(claims.map(plan.stateOf));
    const paid = states.filter(({ decision }) => (decision?.award.minor ?? 0n) > 0n);
    expect(paid.map(({ decision }) => decision?.award.minor)).toEqual([40_000n]);
    const reasons = states.flatMap(({ status, decision }) =>
      status === "referred" ? [decision?.reasonCode] : [],
    );
    expect(reasons).toEqual(Array.from({ length: 49 }, () => "DUPLICATE_SUSPECTED"));
    expect(await plan.sums()).toMatchObject({ "medical/approved": 40_000n, [deductible]: 50_000n });
  });
});
