import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { adjudicateWaiting } from "../../functions/adjudicator/core.ts";
import { commitCommand } from "../../functions/command/commit.ts";
import { decide } from "../../functions/command/decide.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { patiently } from "../../functions/command/patiently.ts";
import { type OperatorPorts, setBands } from "../../functions/operator/core.ts";
import { proposalWorld } from "../../shared/audit/reader.ts";
import { isRefusal, refuse } from "../../shared/base/refusal.ts";
import { proposePayout } from "../../shared/payout/propose.ts";
import { amountsOf } from "./amounts.ts";
import {
  callerOf,
  machine,
  openInsurer,
  random,
  rulingOf,
  somebody,
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

const refusalsIn = (replies: readonly object[]): string[] =>
  replies.flatMap((reply) => (isRefusal(reply) ? [reply.refused] : []));

/**
 * Ports of one command: it has all the time it needs, however busy the machine (that it ends after 5 s is tested in commit.test.ts, on a clock of its
 * own), and the races it lost are counted.
 */
function racer(ports: OperatorPorts) {
  const now = ports.clock();
  const count = { lost: 0 };
  const sleep = (ms: number): Promise<void> => {
    count.lost += 1;
    return ports.sleep(ms);
  };
  return { count, ports: { ...ports, clock: () => now, sleep } };
}

/** Runs `count` commands at once, each until it is won or refused; what a full pool puts off is asked again, as a client does. */
async function race<T extends object>(
  of: OperatorPorts,
  count: number,
  run: (ports: OperatorPorts, index: number) => Promise<T>,
): Promise<{ replies: T[]; mostLost: number }> {
  const racers = Array.from({ length: count }, () => racer(of));
  const replies = await Promise.all(
    racers.map(({ ports }, index) => patiently(of, () => run(ports, index))),
  );
  return { replies, mostLost: Math.max(...racers.map(({ count }) => count.lost)) };
}

describe("under contention", () => {
  test("of 50 approvals of 7,000.00 on one policy of 100,000.00, exactly 14 fit; none is lost to contention", async () => {
    const { ports } = platform;
    const { insurer, policy, insured } = await openInsurer(ports, {
      insurer: "fifty",
      limit: 10_000_000n,
    });
    const claimant = callerOf(insurer, "claimant", insured);
    const claims = await Promise.all(
      Array.from({ length: 50 }, () =>
        submitClaimOf(racer(ports).ports, claimant, submissionOf(policy, 700_000n)),
      ),
    );
    expect(await adjudicateWaiting(racer(ports).ports, insurer, 100)).toBe(50);
    const adjuster = callerOf(insurer, "adjuster");
    const { replies, mostLost } = await race(ports, 50, (own, index) =>
      decide(own, adjuster, claims[index] ?? "", rulingOf(), {}, machine().now),
    );
    const refused = refusalsIn(replies);
    expect(replies.length - refused.length).toBe(14);
    expect(new Set(refused)).toEqual(new Set(["limit-exceeded"]));
    // Who loses a race has lost it to one that was won, and 14 were: nobody loses twice to the same.
    expect(mostLost).toBeLessThanOrEqual(14);
    const approved = await amountsOf(ports, insurer, `policy/${policy}`);
    expect(approved).toEqual({ "medical/approved": 9_800_000n });
  });

  test("of ten payouts of a third of one award each, exactly three are proposed", async () => {
    const { ports } = platform;
    const { insurer, policy, insured } = await openInsurer(ports, {
      insurer: "award",
      limit: null,
      band: 100_000n,
    });
    const claimant = callerOf(insurer, "claimant", insured);
    const claim = await submitClaimOf(ports, claimant, submissionOf(policy, 500_000n));
    await adjudicateWaiting(ports, insurer, 10);
    const part = rulingOf({ outcome: "PAY_PART", amount: usd(300_000n), reasonCode: "GOODWILL" });
    const adjuster = callerOf(insurer, "adjuster");
    const reply = await decide(ports, adjuster, claim, part, {}, machine().now);
    expect(refusalsIn([reply])).toEqual([]);
    // No band reaches the whole award, so the decision proposed nothing itself.
    expect(await ports.store.payoutsOf(insurer, claim)).toEqual([]);
    const bands = { currency: "USD" as const, bands: [{ upTo: 300_000n, approvers: 0n }] };
    expect(refusalsIn([await setBands(ports, insurer, bands, somebody())])).toEqual([]);
    const { replies, mostLost } = await race(ports, 10, (own) => {
      const act = machine();
      return commitCommand<object>(own, insurer, act.now, async (transaction) => {
        const world = await proposalWorld(transaction, claim);
        if (!world) return refuse("not-found", "no claim");
        const event = proposePayout(world, newHandle(random), { amount: usd(100_000n) }, act);
        return isRefusal(event) ? event : transaction.append(event, act);
      });
    });
    expect(refusalsIn(replies)).toEqual(Array.from({ length: 7 }, () => "award-exceeded"));
    expect(mostLost).toBeLessThanOrEqual(3);
    expect(await ports.store.payoutsOf(insurer, claim)).toHaveLength(3);
    expect(await amountsOf(ports, insurer, `claim/${claim}`)).toEqual({
      approved: 300_000n,
      committed: 300_000n,
      proposed: 3n,
    });
  });
});
