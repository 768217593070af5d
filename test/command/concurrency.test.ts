import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { adjudicateWaiting } from "../../functions/adjudicator/core.ts";
import { decide } from "../../functions/command/decide.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { readStream } from "../../functions/command/rows.ts";
import { submit } from "../../functions/command/submit.ts";
import { screenAndApprove } from "../../functions/payouts/core.ts";
import { proposePayout } from "../../shared/payout/propose.ts";
import { proposalWorld } from "../../shared/audit/reader.ts";
import { commitCommand } from "../../functions/command/commit.ts";
import { parseDay } from "../../shared/base/day.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import type { Caller } from "../../shared/ports/claims.ts";
import { machine, openInsurer, random, startPlatform, type TestPlatform } from "./platform.ts";

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.close());

const now = () => BigInt(Date.now()) * 1000n;
const usd = (minor: bigint) => ({ minor, currency: "USD" as const });

async function submitOne(claimant: Caller, policy: string, minor: bigint): Promise<string> {
  const reply = await submit(
    platform.ports,
    claimant,
    {
      policy,
      event: "illness",
      lossDate: parseDay("2021-03-04", "loss"),
      diagnoses: [],
      lines: [{ service: "surgery", claimed: usd(minor) }],
      payee: { account: "DE00TEST1" },
    },
    { key: newHandle(random), fingerprint: random(32) },
    now(),
  );
  if (!("committed" in reply)) throw new Error(JSON.stringify(reply));
  return reply.committed.claim;
}

const callerOf = (insurer: string, role: Caller["role"], person: string): Caller => ({
  insurer,
  role,
  person,
  kind: "person",
  credential: "test",
});

describe("under contention", () => {
  test("of 50 approvals of 7,000.00 on one policy of 100,000.00, exactly 14 fit; none is lost to contention", async () => {
    const { insurer, policy, insured } = await openInsurer(platform.ports, {
      insurer: "fifty",
      limit: 10_000_000n,
    });
    const claimant = callerOf(insurer, "claimant", insured);
    const claims = await Promise.all(
      Array.from({ length: 50 }, () => submitOne(claimant, policy, 700_000n)),
    );
    expect(await adjudicateWaiting(platform.ports, insurer, 100)).toBe(50);
    const adjuster = callerOf(insurer, "adjuster", newHandle(random));
    const ruling = {
      outcome: "PAY",
      reasonCode: "COVERED",
      reason: "covered",
      fileOpenedAt: now(),
      documentsOpened: [],
    } as const;
    const replies = await Promise.all(
      claims.map((claim) => decide(platform.ports, adjuster, claim, ruling, undefined, now())),
    );
    const refused = replies.filter((reply) => isRefusal(reply)).map((reply) => reply.refused);
    expect(replies.length - refused.length).toBe(14);
    expect(new Set(refused)).toEqual(new Set(["limit-exceeded"]));
  });

  test("of ten payouts of the whole award of one claim, exactly one is proposed", async () => {
    const { insurer, policy, insured } = await openInsurer(platform.ports, {
      insurer: "award",
      limit: null,
    });
    const claim = await submitOne(callerOf(insurer, "claimant", insured), policy, 500_000n);
    await adjudicateWaiting(platform.ports, insurer, 10);
    const ruling = {
      outcome: "PAY_PART",
      amount: usd(300_000n),
      reasonCode: "GOODWILL",
      reason: "part",
      fileOpenedAt: now(),
      documentsOpened: [],
    } as const;
    const adjuster = callerOf(insurer, "adjuster", newHandle(random));
    const reply = await decide(platform.ports, adjuster, claim, ruling, undefined, now());
    expect("committed" in reply).toBe(true);
    const again = await Promise.all(
      Array.from({ length: 10 }, () => {
        const act = machine();
        return commitCommand(platform.ports, insurer, act.now, async (transaction) => {
          const world = await proposalWorld(transaction, claim);
          const event = proposePayout(world!, newHandle(random), usd(100_000n), act);
          return isRefusal(event) ? event : transaction.append(event, act);
        });
      }),
    );
    expect(again.every((each) => isRefusal(each) && each.refused === "award-exceeded")).toBe(true);
    const [payout] = await platform.ports.store.payoutsOf(insurer, claim);
    const screening = { list: "test-list", result: "clear" } as const;
    await screenAndApprove(platform.ports, insurer, payout!, screening);
    const rows = await platform.ports.store.transaction(insurer, (on) =>
      on.streams("payout", [payout!]),
    );
    expect(readStream(rows[0]!).state).toMatchObject({
      status: "approved",
      amount: usd(300_000n),
    });
  });
});
