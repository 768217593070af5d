import { describe, expect, test } from "@jest/globals";
import { isRefusal } from "../../shared/base/refusal.ts";
import { type BankLine, judgeLine } from "../../shared/payout/bank-line.ts";
import type { Reported } from "../../shared/payout/forms.ts";
import { breakPayout, lineOf, reportPayout } from "../../shared/payout/report.ts";
import type { PayoutState } from "../../shared/payout/state.ts";
import { byMachine, payoutStream } from "../policy/sample.ts";
import { Desk } from "./sample.ts";

const message = "0a".repeat(32);
const right = { currency: "USD", decimal: "500" };
const line = (report: BankLine["report"], over: Partial<BankLine> = {}): BankLine => ({
  report,
  amount: right,
  reference: "BK1",
  message,
  ...over,
});

/** A payout of 500.00 USD that stands in `status`. */
function standing(status: PayoutState["status"]): Desk {
  const desk = new Desk(50_000n);
  desk.propose(undefined, byMachine());
  const payout = desk.payouts.get(payoutStream);
  if (!payout) throw new Error("no payout");
  const paid = status === "settled" || status === "returned";
  const state = {
    ...payout.state,
    status,
    settledAt: paid ? 4n : null,
    returnedAt: status === "returned" ? 5n : null,
  };
  desk.payouts.set(payoutStream, { ...payout, state });
  return desk;
}

type Row = readonly [PayoutState["status"], BankLine["report"], ReturnType<typeof judgeLine>];
const broken = (kind: string) => ({ break: kind }) as { break: "contradicted" };
const table: readonly Row[] = [
  ["approved", "settled", broken("not-released")],
  ["stopped", "rejected", broken("not-released")],
  ["released", "settled", "moves"],
  ["released", "rejected", "moves"],
  ["released", "recalled", "moves"],
  ["released", "returned", "waits"],
  ["settled", "settled", broken("booked-twice")],
  ["settled", "rejected", broken("contradicted")],
  ["settled", "recalled", broken("contradicted")],
  ["settled", "returned", "moves"],
  ["rejected", "settled", broken("contradicted")],
  ["rejected", "rejected", "known"],
  ["rejected", "recalled", broken("contradicted")],
  ["rejected", "returned", broken("returned-early")],
  ["recalled", "recalled", "known"],
  ["recalled", "settled", broken("contradicted")],
  ["returned", "settled", broken("booked-twice")],
  ["returned", "rejected", broken("contradicted")],
  ["returned", "returned", broken("returned-twice")],
];

describe("a bank's line", () => {
  test.each(table)("on a payout that is %s, %s: %j", (status, report, judged) => {
    const { state } = standing(status).payouts.get(payoutStream)!;
    expect(judgeLine(state, line(report))).toEqual(judged);
  });

  test("must be of the payout's money to the unit, however its zeros are written", () => {
    const { state } = standing("released").payouts.get(payoutStream)!;
    const of = (amount: BankLine["amount"]) => judgeLine(state, line("settled", { amount }));
    for (const decimal of ["500", "500.0", "500.00", "0500.000"]) {
      expect(of({ currency: "USD", decimal })).toBe("moves");
    }
    const beyond = ["92233720368547758.08", "9223372036854775808", `500${"0".repeat(1_000)}`];
    const wrong = ["500.01", "499.99", "500.001", "50000", "999999999999999999", "5e2", "-500", ""];
    for (const decimal of [...wrong, ...beyond]) {
      expect(of({ currency: "USD", decimal })).toEqual({ break: "amount-differs" });
    }
    expect(of({ currency: "EUR", decimal: "500" })).toEqual({ break: "currency-differs" });
    expect(of({ currency: "XXX", decimal: "500" })).toEqual({ break: "currency-differs" });
    expect(of(undefined)).toEqual({ break: "amount-missing" });
    // A rejection moves nothing: it needs no amount, but one that is another is not about this payment.
    const rejected = (amount: BankLine["amount"]) => judgeLine(state, line("rejected", { amount }));
    expect(rejected(undefined)).toBe("moves");
    expect(rejected({ currency: "USD", decimal: "500.00" })).toBe("moves");
    expect(rejected({ currency: "EUR", decimal: "500" })).toEqual({ break: "currency-differs" });
    for (const decimal of beyond) {
      expect(rejected({ currency: "USD", decimal })).toEqual({ break: "amount-differs" });
    }
  });

  test("that comes again under its number is known, in whatever message; under another it is a second booking", () => {
    const desk = standing("released");
    desk.act((world) => reportPayout(world, line("settled"), byMachine()));
    const { state } = desk.payouts.get(payoutStream)!;
    expect(judgeLine(state, line("settled", { message: "0b".repeat(32) }))).toBe("known");
    expect(judgeLine(state, line("settled", { reference: "BK2" }))).toEqual(broken("booked-twice"));
    // The same number with another amount is no repetition.
    const other = line("settled", { amount: { currency: "USD", decimal: "501" } });
    expect(judgeLine(state, other)).toEqual(broken("amount-differs"));
    // Without a number nobody can tell.
    expect(judgeLine(state, line("settled", { reference: "" }))).toEqual(broken("booked-twice"));
    const nameless = standing("released");
    const first = line("settled", { reference: "" });
    nameless.act((world) => reportPayout(world, first, byMachine()));
    expect(judgeLine(nameless.state(), first)).toBe("known");
    const second = { ...first, message: "0b".repeat(32) };
    expect(judgeLine(nameless.state(), second)).toEqual(broken("booked-twice"));
  });

  test("is recorded as what it is judged, and as nothing else", () => {
    const moving = (status: PayoutState["status"], said: BankLine) =>
      standing(status).act((world) => reportPayout(world, said, byMachine()));
    const breaking = (status: PayoutState["status"], said: BankLine) =>
      standing(status).act((world) => breakPayout(world, said, byMachine()));
    for (const [status, report, judged] of table) {
      const is = typeof judged === "object" || judged === "waits" ? "break" : judged;
      expect([status, report, isRefusal(moving(status, line(report)))]).toEqual([
        ...[status, report],
        is !== "moves",
      ]);
      expect([status, report, isRefusal(breaking(status, line(report)))]).toEqual([
        ...[status, report],
        is !== "break",
      ]);
    }
  });

  test("whose fee is in another currency is refused, break or not: no account of ours could hold it", () => {
    const fee = { minor: 5n, currency: "EUR" } as const;
    const events = [
      standing("released").act((world) =>
        reportPayout(world, line("settled", { fee }), byMachine()),
      ),
      standing("settled").act((world) =>
        reportPayout(world, line("returned", { reference: "BK9", fee }), byMachine()),
      ),
    ];
    for (const event of events) {
      expect(event).toMatchObject({ refused: "currency-mismatch", field: "fee" });
    }
  });

  test("that is a break leaves status, amounts and fee as they were", () => {
    const desk = standing("settled");
    const standingBefore = desk.payouts.get(payoutStream)!.state;
    const { values } = desk.row;
    const said = line("settled", { reference: "BK2", fee: { minor: 5n, currency: "USD" } });
    const event = desk.act((world) => breakPayout(world, said, byMachine()));
    if (isRefusal(event)) throw new Error(event.detail);
    expect(desk.row.values).toEqual(values);
    const kept = {
      ...{ kind: "booked-twice", said: "settled", reference: "BK2", message },
      ...{ open: true, disputes: false, reversedBy: null },
    };
    const { state } = desk.payouts.get(payoutStream)!;
    expect(state).toEqual({ ...standingBefore, breaks: [kept] });
    expect(lineOf(event.content as Reported)).toMatchObject({ report: "settled", amount: right });
  });
});
