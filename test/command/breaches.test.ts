import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { recordBreaches } from "../../functions/adjudicator/breaches.ts";
import { adjudicate } from "../../functions/adjudicator/core.ts";
import { claimJob } from "../../functions/adjudicator/round.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { setClocks } from "../../functions/operator/core.ts";
import { releaseFile } from "../../functions/payouts/release.ts";
import { screenAndApprove } from "../../functions/payouts/screening.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import { parseRecord } from "../../shared/record/record.ts";
import { clearly } from "../payout/sample.ts";
import {
  callerOf,
  machine,
  openInsurer,
  random,
  somebody,
  startPlatform,
  submissionOf,
  submitClaimOf,
  type TestPlatform,
} from "./platform.ts";

const dayUs = 86_400_000_000n;
const rule = { jurisdiction: "US", acknowledgeDays: 10n, decideDays: 30n, payDays: 5n } as const;
let platform: TestPlatform;
let acme: Awaited<ReturnType<typeof openInsurer>>;
beforeAll(async () => {
  platform = await startPlatform();
  acme = await openInsurer(platform.ports, { limit: null, paying: true });
  const clocks = [{ ...rule, decideFrom: "notice" as const }];
  await setClocks(platform.ports, "acme", { home: "US", clocks }, machine());
});
afterAll(() => platform.close());

/** Ports whose clock is so many days ahead. */
const inDays = (days: bigint) => ({
  ...platform.ports,
  clock: () => platform.ports.clock() + days * dayUs,
});

/** A claim the pack paid, and its payout, approved. */
async function approved() {
  const { ports } = platform;
  const stated = { ...submissionOf(acme.policy, 5_000n, 5_000n), onBehalfOf: acme.insured };
  const claim = await submitClaimOf(ports, callerOf("acme", "intake"), stated);
  await adjudicate(ports, "acme", claim);
  const [payout] = await ports.store.payoutsOf("acme", claim);
  if (!payout) throw new Error("nothing was proposed");
  await screenAndApprove(ports, "acme", payout, clearly);
  return { claim, payout };
}

const releaseAt = (days: bigint, payout: string) => {
  const ports = inDays(days);
  const act = { ...somebody(), now: ports.clock() };
  return releaseFile(ports, "acme", newHandle(random), [payout], clearly, act);
};

async function typesOf(stream: string): Promise<string[]> {
  const records = await platform.ports.store.records("acme", stream);
  return records.map(({ record }) => parseRecord(record).type);
}
const breaches = async (claim: string) =>
  (await typesOf(claim)).filter((type) => type === "claim.clock-breached").length;
const ordOf = async (stream: string): Promise<bigint> => {
  const { rows } = await platform.pool.query<{ ord: bigint }>(
    "SELECT max(ord) AS ord FROM outbox WHERE insurer = 'acme' AND stream = $1",
    [stream],
  );
  return rows[0]?.ord ?? 0n;
};

test("a late payment is recorded once, and what was approved goes out all the same", async () => {
  const { claim, payout } = await approved();
  expect(await recordBreaches(inDays(4n), "acme")).toBe(0);
  const jobs = Array.from({ length: 4 }, () => recordBreaches(inDays(6n), "acme"));
  await Promise.all(jobs);
  expect(await breaches(claim)).toBe(1);
  expect(await releaseAt(7n, payout)).toMatchObject({ left: [], lines: [{ payout }] });
  expect(await recordBreaches(inDays(90n), "acme")).toBe(0);
});

test("what a bank was ordered to pay in time is no breach, and is looked at once", async () => {
  const { claim, payout } = await approved();
  expect(isRefusal(await releaseAt(1n, payout))).toBe(false);
  const ports = inDays(9n);
  expect(await ports.store.clocksOut("acme", ports.clock(), 10)).toContain(claim);
  expect(await recordBreaches(ports, "acme")).toBe(0);
  expect(await breaches(claim)).toBe(0);
  expect(await ports.store.clocksOut("acme", ports.clock(), 10)).toEqual([]);
});

test("a release that meets the job comes after the breach, or there is none", async () => {
  for (let round = 0; round < 4; round++) {
    const { claim, payout } = await approved();
    const jobs = [1, 2].map(() => recordBreaches(inDays(6n), "acme"));
    await Promise.all([releaseAt(6n, payout), ...jobs]);
    expect(await typesOf(payout)).toContain("payout.released");
    const recorded = await breaches(claim);
    expect(recorded).toBeLessThanOrEqual(1);
    if (recorded === 1) expect(await ordOf(claim)).toBeLessThan(await ordOf(payout));
  }
});

test("a submitted claim whose row was changed is the job's alarm, and keeps no other claim's breach from the log", async () => {
  const { claim } = await approved();
  const caller = callerOf("acme", "intake");
  const stated = { ...submissionOf(acme.policy, 5_000n), onBehalfOf: acme.insured };
  const altered = await submitClaimOf(platform.ports, caller, stated);
  await platform.pool.query("UPDATE claim SET state = '\\x00' WHERE stream = $1", [altered]);
  expect(await claimJob(inDays(6n), "acme")).toEqual({
    alarm: "row-altered",
    detail: `claim ${altered}: what its row says can't be read`,
  });
  expect(await breaches(claim)).toBe(1);
});
