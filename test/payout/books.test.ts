import { describe, expect, test } from "@jest/globals";
import type { DomainEvent } from "../../shared/base/event.ts";
import { heads, paidNet } from "../../shared/claim/heads.ts";
import { caseReserveOf, Ledger } from "../../shared/payout/balances.ts";
import {
  accounts,
  type ClaimBook,
  type Entry,
  moneyEntries,
  noBook,
  post,
} from "../../shared/payout/books.ts";
import {
  type Recovered,
  type Reported,
  recoveredForm,
  releasedForm,
  reportedForm,
} from "../../shared/payout/forms.ts";
import type { PayoutState } from "../../shared/payout/state.ts";
import { byMachine, payoutStream, usd } from "../policy/sample.ts";
import { Desk } from "./sample.ts";

/** A payout of 300.00 under a head, paid by the insurer or a fund. */
function payoutOf(over: Partial<PayoutState> = {}): PayoutState {
  const desk = new Desk(30_000n);
  desk.propose(undefined, byMachine());
  return { ...desk.state(), ...over };
}

const event = (type: string, content: object = {}): DomainEvent => ({
  type,
  kind: "payout",
  stream: payoutStream,
  content,
});
const report = (what: Reported["report"], fee?: bigint) =>
  event(reportedForm.type, { report: what, ...(fee ? { fee: usd(fee) } : {}) });
const recovery = (basis: Recovered["basis"], minor: bigint) =>
  event(recoveredForm.type, { basis, amount: usd(minor) });
const lines = (entries: readonly Entry[]): string[] =>
  entries.map(({ debit, credit, minor, reason }) => `${debit} to ${credit} ${minor} ${reason}`);

describe("the two legs of what happens to a payout", () => {
  test.each<[string, DomainEvent, Partial<PayoutState>, string[]]>([
    ["released", event(releasedForm.type), {}, ["case-reserve to clearing 30000 released"]],
    [
      "settled",
      report("settled"),
      {},
      ["clearing to bank 30000 settled", "paid/indemnity to reserve-change 30000 settled"],
    ],
    [
      "settled by a fund, for a fee",
      report("settled", 5n),
      { fund: "covid" },
      [
        "clearing to fund 30000 settled",
        "paid/indemnity to reserve-change 30000 settled",
        "fee to bank 5 settled",
      ],
    ],
    ["rejected", report("rejected"), {}, ["clearing to case-reserve 30000 rejected"]],
    ["recalled", report("recalled"), {}, ["clearing to case-reserve 30000 recalled"]],
    [
      "returned",
      report("returned"),
      { head: "expense" },
      ["bank to case-reserve 30000 returned", "reserve-change to returned/expense 30000 returned"],
    ],
    [
      "recovered as overpaid",
      recovery("overpayment", 7n),
      {},
      ["bank to case-reserve 7 overpayment", "reserve-change to recovered/indemnity 7 overpayment"],
    ],
    [
      "recovered from a third party",
      recovery("subrogation", 7n),
      { head: "interest" },
      ["bank to recovered/interest 7 subrogation"],
    ],
    ["proposed, which moves no money", event("payout.proposed"), {}, []],
    ["voided, which moves none either", event("payout.voided"), {}, []],
  ])("%s", (_, what, over, expected) => {
    const entries = moneyEntries(what, payoutOf(over));
    expect(lines(entries)).toEqual(expected);
    for (const { debit, credit } of entries) {
      expect(accounts).toContain(debit);
      expect(accounts).toContain(credit);
    }
  });
});

describe("a claim's reserve in the books", () => {
  const due = (reserve: bigint) => (clearing: bigint) => reserve - clearing;

  test("is set aside and set free by entries of its own, never by changing one", () => {
    const notice = post(noBook, [], due(500n), "claim.submitted");
    expect(lines(notice.entries)).toEqual(["reserve-change to case-reserve 500 claim.submitted"]);
    const lower = post(notice.book, [], due(300n), "claim.reserved");
    expect(lines(lower.entries)).toEqual(["case-reserve to reserve-change 200 claim.reserved"]);
    expect(post(lower.book, [], due(300n), "claim.appealed").entries).toEqual([]);
  });

  test("moves with what is sent and comes back, and is nothing once the claim is over", () => {
    const sent = moneyEntries(event(releasedForm.type), payoutOf());
    const open = { reserve: 50_000n, clearing: 0n };
    const away = post(open, sent, due(50_000n), "payout.released");
    expect(away).toEqual({ book: { reserve: 20_000n, clearing: 30_000n }, entries: sent });
    // A bank returns money after the claim was closed: it comes in, and is free at once.
    const back = moneyEntries(report("returned"), payoutOf());
    const closed = post(noBook, back, () => 0n, "payout.reported");
    expect(closed.book).toEqual(noBook);
    expect(lines(closed.entries).at(-1)).toBe(
      "case-reserve to reserve-change 30000 payout.reported",
    );
  });

  test("ends with the money out of the bank and the cost in its account", () => {
    const ledger = new Ledger();
    let book: ClaimBook = noBook;
    const take = (made: readonly Entry[], reserve: (clearing: bigint) => bigint) => {
      const posted = post(book, made, reserve, "an act");
      book = posted.book;
      for (const entry of posted.entries) ledger.add(entry);
    };
    take([], due(50_000n));
    take(moneyEntries(event(releasedForm.type), payoutOf()), due(50_000n));
    take(moneyEntries(report("settled", 5n), payoutOf()), due(20_000n));
    take([], () => 0n);
    expect(Object.fromEntries(ledger.balances)).toEqual({
      bank: -30_005n,
      fee: 5n,
      "paid/indemnity": 30_000n,
    });
  });
});

test("what is set aside for a claim is its reserve less what is sent and paid for good", () => {
  const desk = new Desk(30_000n);
  const { state } = desk.claim;
  expect(caseReserveOf(state, 10_000n, 5_000n)).toBe(15_000n);
  expect(caseReserveOf({ ...state, status: "closed" }, 0n, 5_000n)).toBe(0n);
  expect(heads.reduce((sum, head) => sum + paidNet(desk.row, head), 0n)).toBe(0n);
});
