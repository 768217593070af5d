import { describe, expect, test } from "@jest/globals";
import type { Json } from "../../shared/base/canonical.ts";
import { eventOf } from "../../shared/base/event.ts";
import { changePayee } from "../../shared/claim/payee.ts";
import { reserveClaim } from "../../shared/claim/reserve.ts";
import { approvePayout, screenPayout, voidPayout } from "../../shared/payout/advance.ts";
import { screenedForm } from "../../shared/payout/forms.ts";
import { recoverPayout } from "../../shared/payout/recover.ts";
import { recordTotals, type Totals } from "../../shared/policy/totals.ts";
import { clear, release, reportOn } from "../payout/sample.ts";
import {
  byMachine,
  byPerson,
  day,
  handle,
  insured,
  noon,
  signedIn,
  usd,
} from "../policy/sample.ts";
import { bundleOf, entriesOf, findingsIn } from "./bundle.ts";
import { claimOne, payoutOne, staff, Walk } from "./walk.ts";

const hourUs = 3_600_000_000n;
const later = noon + 48n * hourUs;
const [vendors, interim, first] = [handle("5"), handle("c"), handle("d")];
const [maker, checker] = [byPerson(handle("5"), later), byPerson(handle("6"), later)];
const byWhom = (person: string): Json => ({ person, credential: { ...signedIn } });
const vendor = { name: "Loss Adjusters", account: "DE00VENDOR" };
const other = { name: "Another", account: "DE00OTHER", bic: "DEUTDEFF" };

/**
 * One claim of 500 of which the plan pays 300: the payee changes; a payout is held at its release; an expense is paid to somebody else; an appeal, and part of
 * the award in the interim; then the rest is to be paid by instalments, and some of what was paid comes back.
 */
async function walked(): Promise<Walk> {
  const walk = new Walk();
  await walk.decided(claimOne);
  const clerk = byPerson(handle("9"));
  walk.take("changed", changePayee(await walk.world(claimOne), other, "moved", clerk), clerk);
  await walk.propose("proposed", claimOne, payoutOne, byMachine(later), { amount: usd(10_000n) });
  const pay = async (name: string, stream: string, approver = byMachine(later)) => {
    await walk.payout(`${name} screened`, stream, byMachine(later), (on, act) =>
      screenPayout(on, clear, act),
    );
    await walk.payout(`${name} approved`, stream, approver, approvePayout);
    await walk.payout(`${name} released`, stream, byPerson(handle("8"), later), release);
    await walk.payout(`${name} settled`, stream, byMachine(later), reportOn("settled"));
  };
  const on = { ...clear, result: "hit" } as const;
  await walk.payout("first screened", payoutOne, byMachine(later), (world, act) =>
    screenPayout(world, clear, act),
  );
  await walk.payout("first approved", payoutOne, byMachine(later), approvePayout);
  await walk.payout("held", payoutOne, byMachine(later), (world, act) =>
    screenPayout(world, on, act),
  );
  await walk.payout("voided", payoutOne, maker, (world, act) => voidPayout(world, "a hit", act));
  const raised = reserveClaim(await walk.world(claimOne), usd(60_000n), "an expert", maker);
  walk.take("reserved", raised, maker);
  await walk.propose("expense", claimOne, vendors, maker, {
    head: "expense",
    amount: usd(5_000n),
    payee: vendor,
  });
  await pay("expense", vendors, checker);
  await walk.step("appealed", claimOne, "appeal", byPerson(insured, later));
  await walk.propose("interim", claimOne, interim, byMachine(later), {
    interim: true,
    amount: usd(10_000n),
  });
  await pay("interim", interim);
  const whole = { outcome: "PAY" } as const;
  await walk.rule("ruled", claimOne, whole, byPerson(handle("7"), later));
  const instalment = { number: 1n, of: 1n, due: day("2026-05-01") };
  await walk.propose("instalment", claimOne, first, byMachine(later), { instalment });
  const back = { amount: usd(2_000n), basis: "overpayment", reference: "r" } as const;
  await walk.payout("recovered", interim, byPerson(handle("7"), later), (world, act) =>
    recoverPayout(world, back, act),
  );
  return walk;
}

const audited = (walk: Walk) => findingsIn(bundleOf(entriesOf(walk.items), { packs: walk.packs }));

describe("an auditor's re-execution", () => {
  test("of a payee's change, other heads, a hold at the release, the interim, an instalment and a recovery finds nothing", async () => {
    expect(await audited(await walked())).toEqual([]);
  });

  test.each<[string, string, Record<string, Json>, string]>([
    [
      "an end of the cooling off that comes early",
      "changed",
      { coolsUntil: "2026-03-04T13:00:00.000000Z" },
      "event-differs",
    ],
    ["hours of a record that states none", "changed", { paymentsVersion: "2" }, "stale-input"],
    ["a head with a weaker band", "expense", { approvers: "0" }, "event-differs"],
    ["an expense booked as indemnity", "expense", { head: "indemnity" }, "refused"],
    [
      "an instalment of another binding",
      "instalment",
      { binding: "0".repeat(64) },
      "event-differs",
    ],
    [
      "a recovery above what was paid",
      "recovered",
      { amount: { amount: "100.01", currency: "USD" } },
      "refused",
    ],
    [
      "a release on a screening of the day before",
      "interim released",
      { screenedAt: "2026-03-05T12:00:00.000000Z" },
      "refused",
    ],
    [
      "a payout of a claim that is decided, said to be of the interim",
      "proposed",
      { timing: "interim" },
      "refused",
    ],
    ["whoever is insured changing the payee", "changed", { by: byWhom(insured) }, "refused"],
    ["whoever submitted it setting the reserve", "reserved", { by: byWhom(staff) }, "refused"],
    ["whoever is insured voiding a payout", "voided", { by: byWhom(insured) }, "refused"],
  ])("finds %s", async (_, name, over, code) => {
    const walk = await walked();
    const index = walk.at(name);
    const item = walk.items[index];
    if (!item) throw new Error(name);
    walk.items[index] = { ...item, fields: { ...item.fields, ...over } };
    expect(await audited(walk)).toContain(`${index} ${code}`);
  });

  test("foots the books of all of it", async () => {
    const balance = (account: string, side: "debit" | "credit", minor: bigint) => ({
      account,
      side,
      amount: usd(minor),
    });
    const walk = await walked();
    // By hand: 50 of expense and 100 of indemnity paid, 20 of these came back; of a reserve of 600 that leaves 470, and of an award of 500 it leaves 420.
    const totals = (bank: bigint, fee: Totals["books"]) => ({
      period: "2026-03-04",
      currency: "USD" as const,
      from: 0n,
      to: BigInt(walk.items.length),
      counts: { reported: 1n, paid: 2n, recovered: 1n, outstanding: 1n, erased: 0n },
      reported: usd(50_000n),
      paid: usd(15_000n),
      recovered: usd(2_000n),
      outstanding: usd(42_000n),
      books: [
        balance("bank", "credit", bank),
        balance("case-reserve", "credit", 47_000n),
        ...fee,
        balance("paid/expense", "debit", 5_000n),
        balance("paid/indemnity", "debit", 10_000n),
        balance("recovered/indemnity", "credit", 2_000n),
        balance("reserve-change", "debit", 47_000n),
      ],
    });
    const insurer = await walk.reader.insurer();
    const before = walk.items.length;
    const act = byMachine(later);
    walk.take("totals", recordTotals(insurer, totals(13_000n, []), act), act);
    expect(await audited(walk)).toEqual([]);
    walk.items.length = before;
    const charged = totals(13_001n, [balance("fee", "debit", 1n)]);
    walk.take("false", recordTotals(insurer, charged, act), act);
    expect(await audited(walk)).toEqual([`${before} totals-differs`]);
  });

  test("has a release before its end refused, whoever wrote it", async () => {
    const walk = await walked();
    const index = walk.at("expense released");
    const item = walk.items[index];
    if (!item) throw new Error("released");
    const early = { now: "2026-03-06T11:59:00.000000Z", screenedAt: "2026-03-06T11:59:00.000000Z" };
    walk.items[index] = {
      ...item,
      time: "2026-03-06T11:59Z",
      fields: { ...item.fields, ...early },
    };
    expect(await audited(walk)).toContain(`${index} refused`);
  });

  test("has refused what the rules refuse: an approval by whoever proposed, a screening before an instalment's day", async () => {
    const walk = await walked();
    const index = walk.at("expense approved");
    const [proposal, approval] = [walk.items[walk.at("expense")], walk.items[index]];
    if (!proposal || !approval) throw new Error("no expense");
    const by = proposal.fields.by ?? null;
    walk.items[index] = { ...approval, fields: { ...approval.fields, by } };
    const early = eventOf(screenedForm, first, { now: later, ...clear });
    walk.take("early", early, byMachine(later));
    const found = await audited(walk);
    expect(found).toContain(`${index} refused`);
    expect(found).toContain(`${walk.at("early")} refused`);
  });
});
