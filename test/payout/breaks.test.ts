import { describe, expect, test } from "@jest/globals";
import { isRefusal } from "../../shared/base/refusal.ts";
import { approvePayout, screenPayout } from "../../shared/payout/advance.ts";
import { type BankLine, judgeLine } from "../../shared/payout/bank-line.ts";
import type { Reported } from "../../shared/payout/forms.ts";
import {
  breakPayout,
  closeBreak,
  lineOf,
  reportPayout,
  reversePayout,
} from "../../shared/payout/report.ts";
import { byMachine, byPerson, handle, insured, payoutStream } from "../policy/sample.ts";
import { checker, clear, Desk, maker, release, releaser, told } from "./sample.ts";

const refused = (code: string) => expect.objectContaining({ refused: code });
const heir = handle("c");
const clerk = byPerson(handle("d"));

/** A payout of all of a claim's 500.00, released, and what a bank says of it one after another. */
function saying(...said: readonly (readonly [BankLine["report"], string, string?])[]): Desk {
  const desk = new Desk(50_000n);
  desk.propose(undefined, maker);
  desk.act((world) => screenPayout(world, clear, byMachine()));
  desk.act((world) => approvePayout(world, checker));
  desk.act((world) => release(world, releaser));
  expect(desk.state().status).toBe("released");
  for (const [report, reference, decimal] of said) say(desk, report, reference, decimal);
  return desk;
}

function say(desk: Desk, report: BankLine["report"], reference: string, decimal?: string): void {
  const state = desk.state();
  const line = told(state, report, reference);
  const stated = decimal ? { ...line, amount: { currency: "USD", decimal } } : line;
  const judged = judgeLine(state, stated);
  const record =
    judged === "moves" ? reportPayout : judged === "reverses" ? reversePayout : breakPayout;
  const event = desk.act((world) => record(world, stated, byMachine()));
  if (isRefusal(event)) throw new Error(event.detail);
  expect(lineOf(event.content as Reported)).toMatchObject({ report, reference });
}

describe("money that a bank debited twice", () => {
  test("and takes back once is still paid: the payout stays settled and is not paid again", () => {
    const desk = saying(["settled", "B1"], ["settled", "B2"]);
    say(desk, "returned", "B3");
    expect(desk.state()).toMatchObject({ status: "settled", returnedAt: null });
    expect(desk.state().breaks).toMatchObject([{ kind: "booked-twice", open: false }]);
    expect(desk.reissue(payoutStream, heir, maker)).toEqual(refused("wrong-state"));
    expect([desk.value("paid"), desk.value("returned")]).toEqual([50_000n, 0n]);
    // The next credit is that of the payout itself.
    say(desk, "returned", "B4");
    expect(desk.state().status).toBe("returned");
    expect(isRefusal(desk.reissue(payoutStream, heir, maker))).toBe(false);
  });

  test("is known when its taking back is told again, with the bank's number or, without one, in the same message", () => {
    for (const reference of ["B3", ""]) {
      const desk = saying(["settled", "B1"], ["settled", "B2"], ["returned", reference]);
      expect(judgeLine(desk.state(), told(desk.state(), "returned", reference))).toBe("known");
    }
  });
});

test("what a bank debited as another amount is not taken back by a credit of the payout's own", () => {
  const wrong = ["settled", "B1", "500.01"] as const;
  const unpaid = saying(wrong);
  expect(judgeLine(unpaid.state(), told(unpaid.state(), "returned", "B2"))).toBe("waits");
  const paid = saying(wrong, ["settled", "B2"], ["returned", "B3"]);
  expect(paid.state().status).toBe("returned");
  expect(paid.state().breaks).toMatchObject([{ kind: "amount-differs", open: true }]);
  expect(paid.reissue(payoutStream, heir, maker)).toEqual(refused("wrong-state"));
});

describe("a debit of another amount that stays open", () => {
  const wrong = ["settled", "B1", "500.01"] as const;
  test.each([
    ["before", [wrong, ["settled", "B2"], ["returned", "B3"]]],
    [
      "after",
      [
        ["settled", "B2"],
        ["settled", "B1", "500.01"],
        ["returned", "B3"],
      ],
    ],
  ] as const)(
    "once the payout came back, told %s its booking: the award is not payable again",
    (_, said) => {
      const desk = saying(...said);
      expect(desk.state()).toMatchObject({ status: "returned", breaks: [{ disputes: true }] });
      expect(desk.value("disputed")).toBe(50_000n);
      expect(desk.propose(50_000n, maker, heir)).toEqual(refused("award-exceeded"));
      const event = desk.act((world) => closeBreak(world, 1n, "The payee paid it back.", clerk));
      expect(isRefusal(event)).toBe(false);
      expect(desk.value("disputed")).toBe(0n);
      expect(isRefusal(desk.propose(50_000n, maker, heir))).toBe(false);
    },
  );

  test("disputes nothing while the payout's own money is counted", () => {
    const desk = saying(wrong, ["settled", "B2"]);
    expect(desk.state()).toMatchObject({ status: "settled", breaks: [{ disputes: false }] });
    expect(desk.value("disputed")).toBe(0n);
    desk.act((world) => closeBreak(world, 1n, "The bank corrected it.", clerk));
    say(desk, "returned", "B3");
    expect(desk.value("disputed")).toBe(0n);
    expect(isRefusal(desk.propose(50_000n, maker, heir))).toBe(false);
  });
});

describe("a payout that its bank first refused, and then debited", () => {
  test("is neither paid again nor its money by another payout, until that is taken back", () => {
    const desk = saying(["rejected", "B1"], ["settled", "B2"]);
    expect(desk.state()).toMatchObject({ status: "rejected" });
    expect(desk.state().breaks).toMatchObject([{ kind: "contradicted", disputes: true }]);
    expect(desk.value("disputed")).toBe(50_000n);
    expect(desk.reissue(payoutStream, heir, maker)).toEqual(refused("wrong-state"));
    expect(desk.propose(1n, maker, heir)).toEqual(refused("award-exceeded"));
    say(desk, "returned", "B3");
    expect(desk.value("disputed")).toBe(0n);
    expect(desk.state().status).toBe("rejected");
    expect(isRefusal(desk.reissue(payoutStream, heir, maker))).toBe(false);
  });

  test.each<[BankLine["report"][], string]>([
    [["recalled", "settled"], "contradicted"],
    [["settled", "returned", "settled"], "booked-twice"],
  ])("nor after %j: its money is not payable until that is taken back", (reports, kind) => {
    const desk = saying(...reports.map((report, at) => [report, `B${at}`] as const));
    expect(desk.state().breaks).toMatchObject([{ kind, open: true }]);
    expect(desk.value("disputed")).toBe(50_000n);
    expect(desk.reissue(payoutStream, heir, maker)).toEqual(refused("wrong-state"));
    expect(desk.propose(1n, maker, heir)).toEqual(refused("award-exceeded"));
    say(desk, "returned", "B9");
    expect(desk.value("disputed")).toBe(0n);
    expect(isRefusal(desk.propose(50_000n, maker, heir))).toBe(false);
  });

  test("asks with what the claim gets next for the band of both", () => {
    const desk = saying(["rejected", "B1"], ["settled", "B2"]);
    desk.row = { ...desk.row, values: { ...desk.row.values, approved: 110_000n } };
    desk.claim = {
      ...desk.claim,
      state: { ...desk.claim.state, reserve: { minor: 110_000n, currency: "USD" } },
    };
    expect(desk.propose(60_000n, byMachine(), heir)).toEqual(refused("person-required"));
    expect(isRefusal(desk.propose(60_000n, maker, heir))).toBe(false);
    expect(desk.state(heir).approvers).toBe(1n);
  });

  test("is not ended by a bank that debited another amount", () => {
    const desk = saying(["settled", "B1", "500.01"]);
    expect(desk.state().breaks).toMatchObject([{ kind: "amount-differs", disputes: false }]);
    say(desk, "rejected", "B2");
    expect(desk.state().status).toBe("released");
    expect(desk.state().breaks.map(({ kind }) => kind)).toEqual(["amount-differs", "contradicted"]);
    expect(desk.reissue(payoutStream, heir, maker)).toEqual(refused("wrong-state"));
  });
});

describe("a break", () => {
  test("is one of sixteen at most", () => {
    const desk = saying();
    const wrong = (at: number) => ({
      ...told(desk.state(), "settled", `B${at}`),
      amount: { currency: "USD", decimal: "500.01" },
    });
    const broken = (at: number) => desk.act((world) => breakPayout(world, wrong(at), byMachine()));
    for (let at = 0; at < 16; at++) expect(isRefusal(broken(at))).toBe(false);
    expect(broken(16)).toEqual(refused("wrong-state"));
    expect(desk.state().breaks).toHaveLength(16);
  });

  test("is closed by a person who did not make or approve the payout, nor is paid by it, with a reason, once", () => {
    const desk = saying(["rejected", "B1"], ["settled", "B2"]);
    const close = (act = clerk, number = 1n, reason = "the bank took it back by letter") =>
      desk.act((world) => closeBreak(world, number, reason, act));
    expect(close(byMachine())).toEqual(refused("person-required"));
    for (const own of [maker, checker]) expect(close(own)).toEqual(refused("same-person"));
    expect(close(byPerson(insured))).toEqual(refused("not-permitted"));
    expect(close(clerk, 1n, "")).toEqual(refused("reason-required"));
    for (const number of [0n, 2n]) expect(close(clerk, number)).toEqual(refused("wrong-state"));
    const { status, settledAt } = desk.state();
    expect(isRefusal(close())).toBe(false);
    expect(desk.state()).toMatchObject({ status, settledAt, breaks: [{ open: false }] });
    expect(desk.value("disputed")).toBe(0n);
    expect(close()).toEqual(refused("wrong-state"));
    expect(isRefusal(desk.reissue(payoutStream, heir, maker))).toBe(false);
  });
});
