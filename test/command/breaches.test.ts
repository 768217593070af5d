import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { adjudicate } from "../../functions/adjudicator/adjudicate.ts";
import { recordBreaches } from "../../functions/adjudicator/breaches.ts";
import { redateClaims } from "../../functions/adjudicator/redate.ts";
import { claimJob } from "../../functions/adjudicator/round.ts";
import { commitCommand } from "../../functions/command/commit.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { setClocks } from "../../functions/operator/core.ts";
import { voidOne } from "../../functions/payouts/advance.ts";
import { schedule } from "../../functions/payouts/propose.ts";
import { releaseFile } from "../../functions/payouts/release.ts";
import { screenAndApprove } from "../../functions/payouts/screening.ts";
import { dayOf } from "../../shared/base/day.ts";
import { isRefusal, refuse } from "../../shared/base/refusal.ts";
import { endorsePolicy } from "../../shared/policy/policy.ts";
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
  usd,
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

/** A claim the pack paid, and its payout, as proposed. */
async function decided() {
  const { ports } = platform;
  const stated = { ...submissionOf(acme.policy, 5_000n, 5_000n), onBehalfOf: acme.insured };
  const claim = await submitClaimOf(ports, callerOf("acme", "intake"), stated);
  await adjudicate(ports, "acme", claim);
  const [payout] = await ports.store.payoutsOf("acme", claim);
  if (!payout) throw new Error("nothing was proposed");
  return { claim, payout };
}

/** The same, its payout approved. */
async function approved() {
  const made = await decided();
  await screenAndApprove(platform.ports, "acme", made.payout, clearly);
  return made;
}

const releaseAt = (days: bigint, payout: string) => {
  const ports = inDays(days);
  const act = { ...somebody(), now: ports.clock() };
  return releaseFile(ports, "acme", newHandle(random), [payout], clearly, act);
};

async function typesOf(stream: string, insurer = "acme"): Promise<string[]> {
  const records = await platform.ports.store.records(insurer, stream);
  return records.map(({ record }) => parseRecord(record).type);
}
const breaches = async (claim: string, insurer = "acme") =>
  (await typesOf(claim, insurer)).filter((type) => type === "claim.clock-breached").length;
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

/** A claim the pack paid, all of it in one instalment that is due in nine days; four days after the clock to pay, which nothing ran out of. */
async function inNineDays() {
  const { ports } = platform;
  const { claim, payout } = await decided();
  await voidOne(ports, "acme", payout, "in an instalment", somebody());
  const instalment = newHandle(random);
  const due = dayOf(machine().now) + 9n;
  const payments = [{ payout: instalment, amount: usd(5_000n), due }];
  expect(isRefusal(await schedule(ports, "acme", claim, payments, somebody()))).toBe(false);
  await recordBreaches(inDays(6n), "acme");
  expect(await breaches(claim)).toBe(0);
  expect(await ports.store.clocksOut("acme", inDays(90n).clock(), 100)).not.toContain(claim);
  return { claim, instalment };
}

test("an instalment that is voided after the deadline it was beyond no longer counts: the clock ran out", async () => {
  const { claim, instalment } = await inNineDays();
  const now = inDays(7n).clock();
  const voided = await voidOne(inDays(7n), "acme", instalment, "again", { ...somebody(), now });
  expect(isRefusal(voided)).toBe(false);
  await recordBreaches(inDays(7n), "acme");
  expect(await breaches(claim)).toBe(1);
});

test("a policy that is endorsed to lie elsewhere takes the clocks of its claims along, of one that is submitted meanwhile, too", async () => {
  const { ports } = platform;
  const moved = await openInsurer(ports, { insurer: "moved" });
  const of = (jurisdiction: string, days: bigint) => ({
    ...{ jurisdiction, acknowledgeDays: days, decideDays: days, payDays: days },
    decideFrom: "notice" as const,
  });
  const clocks = { home: "DE", clocks: [of("DE", 90n), of("US-CA", 15n)] };
  await setClocks(ports, "moved", clocks, machine());
  const stated = { ...submissionOf(moved.policy, 5_000n, 5_000n), onBehalfOf: moved.insured };
  const submitted = () => submitClaimOf(ports, callerOf("moved", "intake"), stated);
  const claims = [await submitted()];
  expect(await recordBreaches(inDays(20n), "moved")).toBe(0);
  const act = somebody();
  await commitCommand(ports, "moved", act.now, async (transaction) => {
    const policy = await transaction.stream("policy", moved.policy);
    const insurer = await transaction.insurer();
    if (!policy) return refuse("not-found", "no policy");
    if (claims.length < 4) claims.push(await submitted());
    const terms = { ...moved.terms, jurisdiction: "US-CA" };
    const event = endorsePolicy(insurer, policy, terms, "moved", act);
    return isRefusal(event) ? event : transaction.append(event, act);
  });
  expect(claims).toHaveLength(4);
  expect(await recordBreaches(inDays(20n), "moved")).toBe(8);
  for (const claim of claims) expect(await breaches(claim, "moved")).toBe(2);
});

test("clocks that give longer to pay are those of decided claims, too: what lay beyond the old deadline is not ordered by the new", async () => {
  const { claim } = await inNineDays();
  const longer = [{ ...rule, payDays: 12n, decideFrom: "notice" as const }];
  await setClocks(platform.ports, "acme", { home: "US", clocks: longer }, somebody());
  await redateClaims(platform.ports, "acme");
  await recordBreaches(inDays(11n), "acme");
  expect(await breaches(claim)).toBe(0);
  await recordBreaches(inDays(13n), "acme");
  expect(await breaches(claim)).toBe(1);
});

test("a submitted claim whose row was changed is the job's alarm, and keeps no other claim's breach from the log", async () => {
  const { claim } = await approved();
  const caller = callerOf("acme", "intake");
  const stated = { ...submissionOf(acme.policy, 5_000n), onBehalfOf: acme.insured };
  const altered = await submitClaimOf(platform.ports, caller, stated);
  await platform.pool.query("UPDATE claim SET state = '\\x00' WHERE stream = $1", [altered]);
  expect(await claimJob(inDays(13n), "acme")).toEqual({
    alarm: "row-altered",
    detail: `claim ${altered}: what its row says can't be read`,
  });
  expect(await breaches(claim)).toBe(1);
});

test("as many submitted claims with changed rows as a call takes hide neither a sound one nor a breach", async () => {
  const { claim } = await approved();
  const caller = callerOf("acme", "intake");
  const stated = { ...submissionOf(acme.policy, 5_000n), onBehalfOf: acme.insured };
  const sound = await submitClaimOf(platform.ports, caller, stated);
  await platform.pool.query(
    `INSERT INTO claim (insurer, stream, version, ord, person, leaf_hash, status, state, breach_due)
     SELECT insurer, lpad(to_hex(n), 32, '0'), version, n, person, leaf_hash, 'submitted', '\\x00', 0
     FROM claim, generate_series(1, 100) AS n WHERE stream = $1`,
    [sound],
  );
  expect(await claimJob(inDays(13n), "acme")).toMatchObject({ alarm: "row-altered" });
  expect(await breaches(claim)).toBe(1);
  const types = (await platform.ports.store.records("acme", sound)).map(
    ({ record }) => parseRecord(record).type,
  );
  expect(types).toContain("claim.decided");
});
