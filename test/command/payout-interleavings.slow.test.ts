import { afterAll, beforeAll, expect, test } from "@jest/globals";
import fc from "fast-check";
import { bookRows } from "../../functions/adapters/postgres/book-rows.ts";
import { openPool, type Pool } from "../../functions/adapters/postgres/pool.ts";
import { tlogEngine } from "../../functions/adapters/tlog/engine.ts";
import { adjudicate } from "../../functions/adjudicator/adjudicate.ts";
import { decide } from "../../functions/command/decide.ts";
import { newHandle } from "../../functions/command/handle.ts";
import {
  addPolicy,
  type OperatorPorts,
  setBands,
  setPayments,
} from "../../functions/operator/core.ts";
import { putPayee } from "../../functions/payouts/payee.ts";
import { recordPeriod } from "../../functions/totals/core.ts";
import { newAccumulator } from "../../shared/base/accumulator.ts";
import { dayOf, formatDay } from "../../shared/base/day.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import { heads, paidNet, spentOn } from "../../shared/claim/heads.ts";
import { planSchedule } from "../../shared/coverage/packs.ts";
import { paidForGood } from "../../shared/payout/balances.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { auditOf, bundleOf, keyOf } from "../audit/bundle.ts";
import { committed } from "../audit/committed.ts";
import { uncovered } from "../payout/covered.ts";
import { amountsOf } from "./amounts.ts";
import { type Fate, failingWrites } from "./failing-store.ts";
import {
  actorsOn,
  type Command,
  claimState,
  type Deed,
  deeds,
  payoutStates,
} from "./payout-actors.ts";
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

/*
 * Several of staff act at once on the claims of one policy, against real PostgreSQL: its own 40001s where they meet, more that are injected, and commits of
 * which nobody learns. Whatever they do: nothing is paid beyond what is approved, nothing approved beyond the limit, no person acts twice on a payout, and
 * the books balance.
 */
const insurer = "interleaved";
const log = `test.countersign.example/${insurer}`;
const limit = 80_000n;

let platform: TestPlatform;
let sequencer: Pool;
let opened: Awaited<ReturnType<typeof openInsurer>>;
beforeAll(async () => {
  platform = await startPlatform();
  sequencer = openPool({ url: platform.url("sequencer"), max: 2 });
  const { ports } = platform;
  opened = await openInsurer(ports, { insurer, keys: [keyOf(log)], limit });
  const bands = [20_000n, 40_000n, 200_000n].map((upTo, at) => ({ upTo, approvers: BigInt(at) }));
  const persons = (approvers: bigint) => [{ upTo: 30_000n, approvers }];
  const payments = {
    currency: "USD" as const,
    coolingOffHours: 0n,
    payer: { name: "Interleaved", account: "SIMPAYER" },
    heads: { interest: persons(0n), expense: persons(1n), "ex-gratia": persons(2n) },
  };
  for (const done of [
    await setBands(ports, insurer, { currency: "USD", bands }, somebody()),
    await setPayments(ports, insurer, payments, somebody()),
  ]) {
    if (isRefusal(done)) throw new Error(done.detail);
  }
}, 60_000);
afterAll(async () => {
  await sequencer.end();
  await platform.close();
});

const command: fc.Arbitrary<Command> = fc.record({
  does: fc.oneof(
    ...Object.entries(deeds).map(([does, weight]) => ({
      arbitrary: fc.constant(does as Deed),
      weight,
    })),
  ),
  actor: fc.nat(5),
  claim: fc.nat(1),
  payout: fc.nat(4),
  minor: fc.oneof(
    { arbitrary: fc.bigInt({ min: 1n, max: 25_000n }), weight: 4 },
    { arbitrary: fc.bigInt({ min: 0n, max: 60_000n }), weight: 1 },
  ),
});
/** Turns of up to four commands at the same time, and what becomes of their transactions. */
const story = fc.record({
  turns: fc.array(fc.array(command, { minLength: 2, maxLength: 4 }), {
    minLength: 12,
    maxLength: 24,
  }),
  fates: fc.array(
    fc.oneof(
      { arbitrary: fc.constant<Fate>("well"), weight: 6 },
      { arbitrary: fc.constant<Fate>("lost"), weight: 2 },
      { arbitrary: fc.constant<Fate>("unknown, committed"), weight: 1 },
      { arbitrary: fc.constant<Fate>("unknown, not committed"), weight: 1 },
    ),
    { minLength: 7, maxLength: 31 },
  ),
});

/** Shorter pauses than a platform takes: who lost a race soon runs the next. */
const sleep = (ms: number): Promise<void> => platform.ports.sleep(ms / 8);

/** Two claims of 500.00 on a policy of their own, of 800.00; each is decided for 300.00. */
async function openClaims(ports: OperatorPorts): Promise<{ policy: string; claims: string[] }> {
  const policy = newHandle(random);
  const issued = await addPolicy(ports, insurer, policy, opened.terms, machine());
  if (isRefusal(issued)) throw new Error(issued.detail);
  const claimant = callerOf(insurer, "claimant", opened.insured);
  const claims: string[] = [];
  for (let at = 0; at < 2; at++) {
    // Without a payee nothing is proposed with the decision: all proposals are the actors'.
    const { payee: _, ...stated } = submissionOf(policy, 50_000n);
    const claim = await submitClaimOf(ports, claimant, stated);
    await adjudicate(ports, insurer, claim);
    const part = rulingOf({ outcome: "PAY_PART", amount: usd(30_000n), reasonCode: "GOODWILL" });
    const adjuster = callerOf(insurer, "adjuster");
    await decide(ports, adjuster, claim, part, {}, machine().now);
    const named = { payee: { name: "Payee", account: "SIMTEST1" }, reason: "named" };
    const put = await putPayee(ports, insurer, claim, named, somebody());
    if (isRefusal(put)) throw new Error(put.detail);
    claims.push(claim);
  }
  return { policy, claims };
}

/** What must hold of a policy's claims once nobody acts; the first that doesn't, in words. */
async function broken(policy: string, claims: readonly string[]): Promise<string | undefined> {
  const { ports } = platform;
  const approved = await amountsOf(ports, insurer, `policy/${policy}`);
  const sum = approved["medical/approved"] ?? 0n;
  if (sum > limit) return `${sum} approved under a limit of ${limit}`;
  const payouts = [...(await payoutStates(ports, insurer, claims)).values()];
  for (const payout of payouts) {
    const { persons } = payout;
    if (new Set(persons).size !== persons.length) return "a person twice on a payout";
  }
  let awarded = 0n;
  for (const claim of claims) {
    const values = await amountsOf(ports, insurer, `claim/${claim}`);
    const row = { ...newAccumulator(`claim/${claim}`), values };
    const own = payouts.filter((payout) => payout.claim === claim);
    const bare = uncovered(await claimState(ports, insurer, claim), row);
    if (bare) return bare;
    awarded += values.approved ?? 0n;
    if (spentOn(row, "indemnity") > (values.approved ?? 0n)) return "paid beyond what is approved";
    for (const head of heads) {
      const good = own.filter((payout) => payout.head === head);
      const net = good.reduce((all, payout) => all + paidForGood(payout), 0n);
      if (paidNet(row, head) !== net) return `${head}: ${paidNet(row, head)}, payouts say ${net}`;
      const open = ["scheduled", "proposed", "screened", "held", "approved", "released"];
      const under = good.filter(({ status }) => open.includes(status));
      const committed = under.reduce((all, { amount }) => all + amount.minor, 0n);
      if (spentOn(row, head) - net !== committed) return `${head}: committed is not ${committed}`;
    }
  }
  return awarded === sum ? undefined : `${awarded} awarded, ${sum} counted under the policy`;
}

const seed = Number(process.env.PAYOUT_SEED ?? Date.now() % 2 ** 31);
const runs = Number(process.env.PAYOUT_RUNS ?? 40);

test(`however ${runs} stories of actors interleave, money is kept (seed ${seed})`, async () => {
  const reached = new Map<string, number>();
  let [attempts, commands] = [0, 0];
  const isBreak = (done: object) => "outcome" in done && typeof done.outcome === "object";
  const note = (does: string) => reached.set(does, (reached.get(does) ?? 0) + 1);
  await fc.assert(
    fc.asyncProperty(story, async ({ turns, fates }) => {
      const { policy, claims } = await openClaims(platform.ports);
      const perform = actorsOn(insurer, claims);
      for (const turn of turns) {
        await Promise.all(
          turn.map(async (one) => {
            const store = failingWrites(
              platform.ports.store,
              () => fates[attempts++ % fates.length] ?? "well",
            );
            // The clock stands still: a busy machine takes no command's time away.
            const now = platform.ports.clock();
            const ports = { ...platform.ports, store, clock: () => now, sleep };
            commands++;
            try {
              const done = await perform(ports, one);
              if (done && !isRefusal(done)) note(isBreak(done) ? "break" : one.does);
            } catch (error) {
              if (!(error instanceof Unavailable)) throw error;
            }
          }),
        );
      }
      const what = await broken(policy, claims);
      if (what) throw new Error(what);
    }),
    // Threads of time can't be shrunk: the same story may well go another way.
    { numRuns: runs, seed, endOnFailure: true },
  );
  process.stderr.write(
    `${commands} commands, ${attempts} attempts, seed ${seed}: ${JSON.stringify([...reached].sort())}\n`,
  );
  // The property says something only where money moved, and came back.
  const count = (...deeds: string[]) =>
    deeds.reduce((sum, does) => sum + (reached.get(does) ?? 0), 0);
  for (const deeds of [
    ["break"],
    ["release"],
    ["settled"],
    ["expense", "interest", "gift"],
    ["returned", "overpaid", "subrogated"],
    ["reissue", "void", "stop"],
  ]) {
    expect([deeds, count(...deeds) > 0]).toEqual([deeds, true]);
  }
}, 300_000);

test("the log of all that is without findings, and its books balance with the insurer's rows", async () => {
  const { ports } = platform;
  const engine = tlogEngine({ pool: sequencer, clock: ports.clock });
  while ((await engine.sequence(insurer)).length > 0);
  const pool = openPool({ url: platform.url("app"), max: 2 });
  try {
    const today = formatDay(dayOf(ports.clock()));
    const recorded = await recordPeriod(ports, bookRows(pool), insurer, today);
    expect(recorded).toMatchObject({ record: { type: "totals.recorded" } });
  } finally {
    await pool.end();
  }
  while ((await engine.sequence(insurer)).length > 0);
  const entries = await committed(platform, insurer, "placed");
  const { findings, tally } = await auditOf(
    bundleOf(entries, { packs: [planSchedule], origin: log }),
    log,
  );
  expect(findings).toEqual([]);
  expect(tally.reexecuted).toBe(tally.decisions);
}, 300_000);
