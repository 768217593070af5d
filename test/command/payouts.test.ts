import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { bankRows } from "../../functions/adapters/postgres/bank-rows.ts";
import { openPool } from "../../functions/adapters/postgres/pool.ts";
import { adjudicate } from "../../functions/adjudicator/adjudicate.ts";
import { commitCommand } from "../../functions/command/commit.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { openRecord } from "../../functions/command/openings.ts";
import { openStream } from "../../functions/command/rows.ts";
import { setPayments } from "../../functions/operator/core.ts";
import { closePayoutBreak } from "../../functions/payouts/breaks.ts";
import { putPayee } from "../../functions/payouts/payee.ts";
import { derivePaymentFile } from "../../functions/payouts/payment-file.ts";
import { propose } from "../../functions/payouts/propose.ts";
import { reissue } from "../../functions/payouts/reissue.ts";
import { releaseFile } from "../../functions/payouts/release.ts";
import { recordReports } from "../../functions/payouts/reports.ts";
import { type Screening, screenAndApprove } from "../../functions/payouts/screening.ts";
import { claimWorld, payoutWorld } from "../../shared/audit/reader.ts";
import type { Act } from "../../shared/base/actor.ts";
import { fromUtf8 } from "../../shared/base/bytes.ts";
import { maxMinor } from "../../shared/base/money.ts";
import { isRefusal, refuse } from "../../shared/base/refusal.ts";
import { stepClaim } from "../../shared/claim/lifecycle.ts";
import { reserveClaim, reserveOf } from "../../shared/claim/reserve.ts";
import type { ClaimState } from "../../shared/claim/state.ts";
import type { ClaimWorld } from "../../shared/claim/world.ts";
import { voidPayout } from "../../shared/payout/advance.ts";
import type { PayoutState } from "../../shared/payout/state.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { clearly } from "../payout/sample.ts";
import { payments, signedIn } from "../policy/sample.ts";
import { amountsOf } from "./amounts.ts";
import { bankSays } from "./bank-says.ts";
import {
  callerOf,
  machine,
  openInsurer,
  random,
  startPlatform,
  submissionOf,
  submitClaimOf,
  type TestPlatform,
  usd,
} from "./platform.ts";
import { everything } from "./rows.ts";

const refused = (code: string) => expect.objectContaining({ refused: code });
let platform: TestPlatform;
let insurer: string;
let policy: string;
let insured: string;
beforeAll(async () => {
  platform = await startPlatform();
  ({ insurer, policy, insured } = await openInsurer(platform.ports, {
    limit: null,
    band: maxMinor,
    paying: true,
  }));
});
afterAll(() => platform.close());

const person = (): Act => ({
  ...machine(),
  kind: "person",
  signatory: { person: newHandle(random), credential: signedIn },
});

/** A claim the pack pays, and the payout its decision proposed. */
async function proposed(
  minor = 5_000n,
  name = "Test Payee",
): Promise<{ claim: string; payout: string }> {
  const intake = callerOf(insurer, "intake");
  const stated = {
    ...submissionOf(policy, minor, minor),
    onBehalfOf: insured,
    payee: { name, account: "DE00TEST1" },
  };
  const claim = await submitClaimOf(platform.ports, intake, stated);
  await adjudicate(platform.ports, insurer, claim);
  const [payout] = await platform.ports.store.payoutsOf(insurer, claim);
  if (!payout) throw new Error("nothing was proposed");
  return { claim, payout };
}

const screen = (payout: string, result: "clear" | "hit" | "error" = "clear") =>
  screenAndApprove(platform.ports, insurer, payout, async () => ({ list: "test", result }));

async function stateOf(payout: string): Promise<PayoutState> {
  const [row] = await platform.ports.store.transaction(insurer, (on) =>
    on.streams("payout", [payout]),
  );
  if (!row) throw new Error("no such payout");
  return (await openStream(platform.ports, insurer, row))?.state as PayoutState;
}

/** The fields of each of the payout's records, oldest first. */
async function contentsOf(payout: string): Promise<Record<string, unknown>[]> {
  const stored = await platform.ports.store.records(insurer, payout);
  return Promise.all(
    stored.map(async (record) =>
      Object.fromEntries(
        (await openRecord(platform.ports, insurer, record)).map(({ path, value }) => [path, value]),
      ),
    ),
  );
}

const release = (payouts: readonly string[], screening: Screening = clearly) =>
  releaseFile(platform.ports, insurer, newHandle(random), payouts, screening, person());

const report = (payout: string, what: "settled" | "rejected" | "recalled" | "returned") =>
  bankSays(platform.ports, insurer, [payout], what).then((lines) =>
    recordReports(platform.ports, insurer, lines),
  );

describe("a payout", () => {
  test("is screened and, in band 0, approved in one transaction; a hit or an error holds it", async () => {
    const { payout } = await proposed();
    await screen(payout, "error");
    expect((await stateOf(payout)).status).toBe("held");
    await screen(payout, "hit");
    expect((await stateOf(payout)).status).toBe("held");
    await screen(payout);
    expect((await stateOf(payout)).status).toBe("approved");
    expect(await screen(newHandle(random))).toEqual(refused("not-found"));
  });

  test("leaves a file it can't go with, and the others go; a payout nobody knows stops the file", async () => {
    const [one, two] = [await proposed(), await proposed()];
    await screen(one.payout);
    const both = [one.payout, two.payout];
    const before = await everything(platform.superuserUrl);
    expect(await release([one.payout, newHandle(random)])).toEqual(refused("not-found"));
    expect(await everything(platform.superuserUrl)).toEqual(before);
    expect(await release([...both, one.payout])).toMatchObject({
      lines: [{ payout: one.payout, head: "indemnity" }],
      left: [{ payout: two.payout, refused: { refused: "wrong-state" } }],
    });
    expect((await stateOf(one.payout)).status).toBe("released");
    expect((await stateOf(two.payout)).status).toBe("proposed");
  });

  test("is paid by a file that its row makes again to the byte, whenever", async () => {
    const [one, two] = [await proposed(), await proposed(7_000n, "Zoë Müller & Söhne")];
    for (const { payout } of [one, two]) await screen(payout);
    const file = newHandle(random);
    const both = [two.payout, one.payout];
    const done = await releaseFile(platform.ports, insurer, file, both, clearly, person());
    if (isRefusal(done) || !done.file) throw new Error("no file");
    const { bytes, sha256 } = done.file;
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(sha256);
    for (const payout of both) {
      expect((await contentsOf(payout)).at(-1)).toMatchObject({
        file: { handle: file, payments: "2", sha256 },
        payer: payments.payer,
      });
    }
    await report(one.payout, "settled");
    const again = await derivePaymentFile(platform.ports, insurer, file);
    expect(again).toEqual({ payouts: expect.arrayContaining(both), bytes });
    const none = await derivePaymentFile(platform.ports, insurer, newHandle(random));
    expect(none).toEqual({ payouts: [], bytes: undefined });
    expect(fromUtf8(bytes, "file")).toContain("<Nm>Zoë Müller &amp; Söhne</Nm>");
  });

  test("goes with fewer others where no file can say the sum of all", async () => {
    const vast = [await proposed(9n * 10n ** 17n), await proposed(9n * 10n ** 17n)];
    const payouts = vast.map(({ payout }) => payout);
    for (const payout of payouts) await screen(payout);
    expect(await release(payouts)).toEqual(refused("unpayable"));
    for (const payout of payouts) {
      expect(await release([payout])).toMatchObject({ lines: [{ payout }], left: [] });
    }
  });

  test("is screened again when it is released: a hit or an outage holds that one, by payee, and the others go", async () => {
    const payouts = [await proposed(), await proposed(), await proposed()].map(
      ({ payout }) => payout,
    );
    for (const payout of payouts) await screen(payout);
    const [good = "", hit = "", out = ""] = payouts;
    const answers = [
      async () => ({ list: "list 7", result: "clear" }) as const,
      async () => ({ list: "list 7", result: "hit" }) as const,
      async () => {
        throw new Unavailable("screening", "a test's outage");
      },
    ];
    // Rows come by handle: which payee is asked about when says nothing, so each payout has an answer of its own.
    for (const [at, payout] of payouts.entries()) {
      const alone = answers[at];
      if (!alone) throw new Error("an answer each");
      await release([payout], alone);
    }
    const statuses = await Promise.all(payouts.map(async (each) => (await stateOf(each)).status));
    expect(statuses).toEqual(["released", "held", "held"]);
    const lists = async (payout: string) =>
      (await contentsOf(payout)).map(({ list, result }) => [list, result]);
    expect((await lists(good)).at(-1)).toEqual(["list 7", undefined]);
    expect((await lists(hit)).at(-1)).toEqual(["list 7", "hit"]);
    expect((await lists(out)).at(-1)).toEqual(["unavailable", "error"]);
    // A cleared one goes with the next file, approved as it was.
    await screen(hit);
    expect(await release([hit])).toMatchObject({ lines: [{ payout: hit }], left: [] });
  });

  test("of one file with a hit in its midst, the hit alone stays", async () => {
    const claims = [
      await proposed(5_000n),
      await proposed(5_000n, "Listed Person"),
      await proposed(),
    ];
    const payouts = claims.map(({ payout }) => payout);
    for (const payout of payouts) await screen(payout);
    const screening: Screening = async ({ name }) => ({
      list: "list 8",
      result: name === "Listed Person" ? "hit" : "clear",
    });
    const file = await release(payouts, screening);
    expect(file).toMatchObject({
      lines: [{ payout: payouts[0] }, { payout: payouts[2] }],
      left: [{ payout: payouts[1], refused: { refused: "screening-hold" } }],
    });
    expect((await stateOf(payouts[1] ?? "")).status).toBe("held");
  });

  test("is settled once however often the bank says so, also after it was returned", async () => {
    const { claim, payout } = await proposed();
    await screen(payout);
    await releaseFile(platform.ports, insurer, newHandle(random), [payout], clearly, person());
    expect(await report(payout, "settled")).toEqual({ outcomes: ["moved"] });
    expect(await report(payout, "settled")).toEqual({ outcomes: ["known"] });
    expect(await report(payout, "returned")).toEqual({ outcomes: ["moved"] });
    expect(await report(payout, "settled")).toEqual({ outcomes: ["known"] });
    expect((await stateOf(payout)).status).toBe("returned");
    expect(await amountsOf(platform.ports, insurer, `claim/${claim}`)).toEqual({
      approved: 5_000n,
      committed: 0n,
      paid: 5_000n,
      returned: 5_000n,
      proposed: 1n,
    });
    expect(await report(payout, "rejected")).toEqual({ outcomes: [{ break: "contradicted" }] });
    expect((await stateOf(payout)).status).toBe("returned");
  });

  test("a line that contradicts what was released is a break: recorded once, it moves no money", async () => {
    const { claim, payout } = await proposed();
    await screen(payout);
    const message = "0a".repeat(32);
    const line = { payout, report: "settled", reference: "BK1", message } as const;
    const right = { currency: "USD", decimal: "50" };
    const say = (...over: Record<string, unknown>[]) =>
      recordReports(
        platform.ports,
        insurer,
        over.map((each) => ({ ...line, amount: right, ...each })),
      );
    expect(await say({})).toEqual({ outcomes: [{ break: "not-released" }] });
    await release([payout]);
    const before = await amountsOf(platform.ports, insurer, `claim/${claim}`);
    const wrong = { amount: { currency: "USD", decimal: "50.01" }, reference: "BK2" };
    const returned = { report: "returned", reference: "BK3" };
    expect(await say(wrong, wrong, returned, { payout: newHandle(random) })).toEqual({
      outcomes: [{ break: "amount-differs" }, { break: "amount-differs" }, "waits", "unknown"],
    });
    expect(await amountsOf(platform.ports, insurer, `claim/${claim}`)).toEqual(before);
    expect(await say({ reference: "BK4" }, { reference: "BK4" }, returned, returned)).toEqual({
      outcomes: ["moved", "known", "moved", "known"],
    });
    const { status, breaks, reports } = await stateOf(payout);
    expect(status).toBe("returned");
    expect(breaks.map(({ kind, reference }) => [kind, reference])).toEqual([
      ["not-released", "BK1"],
      ["amount-differs", "BK2"],
    ]);
    expect(reports.map(({ report: said, reference }) => [said, reference])).toEqual([
      ["settled", "BK4"],
      ["returned", "BK3"],
    ]);
    expect((await contentsOf(payout)).slice(-3)).toMatchObject([
      { report: "break", break: { kind: "amount-differs", said: "settled" }, amount: wrong.amount },
      { report: "settled", amount: right, message, reference: "BK4" },
      { report: "returned" },
    ]);
  });

  test("whose second booking is taken back stays paid; a person closes what the bank doesn't, in the log and in the list", async () => {
    const pool = openPool({ url: platform.url("app"), max: 2 });
    try {
      const rows = bankRows(pool);
      const { payout } = await proposed();
      await screen(payout);
      await release([payout]);
      const says = async (what: "settled" | "returned", reference: string, message = "0a") => {
        const [line] = await bankSays(platform.ports, insurer, [payout], what, reference);
        if (!line) throw new Error("no payout");
        const told = { ...line, message: message.repeat(32) };
        const done = await recordReports(platform.ports, insurer, [told]);
        return isRefusal(done) ? done : done.outcomes[0];
      };
      expect(await says("settled", "B1")).toBe("moved");
      expect(await says("settled", "B2", "0b")).toEqual({ break: "booked-twice" });
      const twice = { kind: "booked-twice", message: "0b".repeat(32) } as const;
      // Told again, as after a kill, it says again what it closes.
      for (const _ of [1, 2]) expect(await says("returned", "B3")).toEqual({ reversed: twice });
      expect((await stateOf(payout)).status).toBe("settled");

      expect(await says("settled", "B4", "0c")).toEqual({ break: "booked-twice" });
      const second = { kind: "booked-twice", about: payout, message: "0c".repeat(32) } as const;
      await rows.open(insurer, [second], machine().now);
      const asked = { payout, number: 2n, reason: "the bank wrote that it took it back" };
      const close = (list: Pick<typeof rows, "close"> = rows) =>
        closePayoutBreak(platform.ports, list, insurer, asked, person());
      const listed = async () =>
        (await rows.list(insurer, "open", 100)).filter(({ about }) => about === payout);
      // It is in the log first: where the list fails, asking again puts the list right.
      const down = new Unavailable("database", "a test's outage");
      await expect(close({ close: () => Promise.reject(down) })).rejects.toThrow(down);
      expect(await listed()).toHaveLength(1);
      expect(await close()).toEqual(refused("wrong-state"));
      expect(await listed()).toEqual([]);
      expect((await contentsOf(payout)).at(-1)).toMatchObject({
        number: "2",
        reason: asked.reason,
      });
    } finally {
      await pool.end();
    }
  });

  test("remembers sixteen breaks, and a bank that says more is told so", async () => {
    const { payout } = await proposed();
    await screen(payout);
    await release([payout]);
    const amount = { currency: "EUR", decimal: "50" };
    const lines = Array.from({ length: 17 }, (_, at) => ({
      ...{ payout, report: "settled" as const, amount, message: "0b".repeat(32) },
      reference: `BK${at}`,
    }));
    const { outcomes } = (await recordReports(platform.ports, insurer, lines)) as {
      outcomes: unknown[];
    };
    expect(outcomes).toEqual([
      ...Array.from({ length: 16 }, () => ({ break: "currency-differs" })),
      "full",
    ]);
    const final = {
      payout,
      report: "returned",
      reference: "BK99",
      message: "0b".repeat(32),
      final: true,
    } as const;
    expect(await recordReports(platform.ports, insurer, [final])).toEqual({ outcomes: ["full"] });
  });

  test("that was recalled is paid again once, by another that names it, or nothing is written", async () => {
    const { claim, payout } = await proposed();
    await screen(payout);
    await releaseFile(platform.ports, insurer, newHandle(random), [payout], clearly, person());
    const heir = newHandle(random);
    const again = (successor: string) =>
      reissue(platform.ports, insurer, payout, successor, person());
    const before = await everything(platform.superuserUrl);
    expect(await again(heir)).toEqual(refused("wrong-state"));
    expect(await everything(platform.superuserUrl)).toEqual(before);
    expect(await report(payout, "recalled")).toEqual({ outcomes: ["moved"] });
    expect(await again(heir)).toMatchObject({ record: { type: "payout.proposed", version: 1n } });
    expect(await stateOf(payout)).toMatchObject({ status: "recalled", replacedBy: heir });
    expect(await stateOf(heir)).toMatchObject({ status: "proposed", replaces: payout });
    expect(await amountsOf(platform.ports, insurer, `claim/${claim}`)).toEqual({
      approved: 5_000n,
      committed: 5_000n,
      proposed: 2n,
    });
    expect(await again(newHandle(random))).toEqual(refused("duplicate"));
  });
});

describe("a claim's steps", () => {
  const take = (
    claim: string,
    decide: (world: ClaimWorld) => ReturnType<typeof reserveClaim>,
    act: Act,
  ) =>
    commitCommand(platform.ports, insurer, act.now, async (transaction) => {
      const world = await claimWorld(transaction, claim);
      const event = world && decide(world);
      if (!event || isRefusal(event)) return event ?? refuse("not-found", "no such claim");
      return transaction.append(event, act);
    });

  test("are kept in its row, its reserve with them; it closes when no payout is under way", async () => {
    const { claim, payout } = await proposed();
    const act = person();
    const usd = (minor: bigint) => ({ minor, currency: "USD" }) as const;
    const reserve = (minor: bigint) =>
      take(claim, (world) => reserveClaim(world, usd(minor), "why", act), act);
    const close = () => take(claim, (world) => stepClaim(world, "close", undefined, act), act);
    expect(await reserve(4_999n)).toEqual(refused("reserve-exceeded"));
    expect(await reserve(7_000n)).toMatchObject({ record: { type: "claim.reserved" } });
    expect(await close()).toEqual(refused("wrong-state"));
    await voidIt(payout);
    expect(await close()).toMatchObject({ record: { type: "claim.closed" } });
    const [row] = await platform.ports.store.transaction(insurer, (on) =>
      on.streams("claim", [claim]),
    );
    const state = row && ((await openStream(platform.ports, insurer, row))?.state as ClaimState);
    expect(state).toMatchObject({ status: "closed", reserve: usd(7_000n) });
    expect(state && reserveOf(state)).toBe(0n);
  });

  const voidIt = (payout: string) => {
    const act = person();
    return commitCommand(platform.ports, insurer, act.now, async (transaction) => {
      const world = await payoutWorld(transaction, payout);
      const event = world && voidPayout(world, "why", act);
      if (!event || isRefusal(event)) return event ?? refuse("not-found", "no such payout");
      return transaction.append(event, act);
    });
  };
});

test("a mistyped IBAN, or no BIC, is taken at no door: of a payer, a changed payee, or whom an expense is owed", async () => {
  const { ports } = platform;
  const { claim } = await proposed();
  const before = (await ports.store.records(insurer, claim)).length;
  for (const party of [
    { name: "Zoe Muller", account: "NL91ABNA0417164301" },
    { name: "Zoe Muller", account: "NL91ABNA0417164300", bic: "ABNAZZ2A" },
  ]) {
    const change = { payee: party, reason: "moved" };
    const wrong = "payee/(account: is not a valid IBAN|bic: is not a BIC)";
    await expect(putPayee(ports, insurer, claim, change, person())).rejects.toThrow(
      new RegExp(`^${wrong}$`),
    );
    const asked = { head: "expense", amount: usd(100n), payee: party } as const;
    await expect(
      propose(ports, insurer, claim, newHandle(random), asked, person()),
    ).rejects.toThrow(new RegExp(`^${wrong}$`));
    await expect(
      setPayments(ports, insurer, { ...payments, payer: party }, machine()),
    ).rejects.toThrow(new RegExp(`^${wrong.replace("payee", "payer")}$`));
  }
  expect((await ports.store.records(insurer, claim)).length).toBe(before);
  const right = { payee: { name: "Zoe Muller", account: "NL91ABNA0417164300" }, reason: "moved" };
  expect(isRefusal(await putPayee(ports, insurer, claim, right, person()))).toBe(false);
});
