import { expect, test } from "@jest/globals";
import type { DomainEvent } from "../../shared/base/event.ts";
import { isRefusal, type Refusal } from "../../shared/base/refusal.ts";
import { approvePayout, screenPayout } from "../../shared/payout/advance.ts";
import {
  caseReserveOf,
  Ledger,
  paidForGood,
  standingEntries,
} from "../../shared/payout/balances.ts";
import { type ClaimBook, moneyEntries, noBook, post } from "../../shared/payout/books.ts";
import { type Recovery, recoverPayout } from "../../shared/payout/recover.ts";
import { reportPayout } from "../../shared/payout/report.ts";
import { byMachine, byPerson, handle, payoutStream, usd } from "../policy/sample.ts";
import { clear, Desk, release, releaser, told } from "./sample.ts";

/** A payout of an award of 300.00, and the books of its claim kept act by act, as an auditor's fold keeps them. */
class KeptBooks {
  readonly desk = new Desk(30_000n);
  readonly kept = new Ledger();
  #book: ClaimBook = noBook;

  constructor() {
    this.#post([]);
    this.act(this.desk.propose(undefined, byMachine()));
    this.act(this.desk.act((world) => screenPayout(world, clear, byMachine())));
    this.act(this.desk.act((world) => approvePayout(world, byMachine())));
  }

  act(event: DomainEvent | Refusal): this {
    if (isRefusal(event)) throw new Error(event.detail);
    this.#post(moneyEntries(event, this.desk.state()));
    return this;
  }

  /** The balances that the states alone say, with no history: what control totals prove each day. */
  get standing(): object {
    const ledger = new Ledger();
    const payout = this.desk.state();
    for (const entry of standingEntries(payout)) ledger.add(entry);
    const sent = payout.status === "released" ? payout.amount.minor : 0n;
    const minor = caseReserveOf(this.desk.claim.state, sent, paidForGood(payout));
    ledger.add({ debit: "reserve-change", credit: "case-reserve", minor, reason: "standing" });
    return Object.fromEntries(ledger.balances);
  }

  #post(made: ReturnType<typeof moneyEntries>): void {
    const good = this.desk.payouts.has(payoutStream) ? paidForGood(this.desk.state()) : 0n;
    const due = (clearing: bigint) => caseReserveOf(this.desk.claim.state, clearing, good);
    const { book, entries } = post(this.#book, made, due, "an act");
    this.#book = book;
    for (const entry of entries) this.kept.add(entry);
  }
}

const steps = {
  released: ({ desk }: KeptBooks) => desk.act((world) => release(world, releaser)),
  settled: (books: KeptBooks) => said(books, "settled"),
  returned: (books: KeptBooks) => said(books, "returned"),
  rejected: (books: KeptBooks) => said(books, "rejected"),
  overpaid: (books: KeptBooks) => back(books, "overpayment"),
  subrogated: (books: KeptBooks) => back(books, "subrogation"),
};

/** The bank says so, and charges 0.05 for it. */
const said = ({ desk }: KeptBooks, report: "settled" | "returned" | "rejected") =>
  desk.act((world) =>
    reportPayout(world, { ...told(world.payout.state, report, report), fee: usd(5n) }, byMachine()),
  );
const back = ({ desk }: KeptBooks, basis: Recovery["basis"]) =>
  desk.act((world) =>
    recoverPayout(world, { amount: usd(700n), basis, reference: basis }, byPerson(handle("d"))),
  );

test.each<[string, readonly (keyof typeof steps)[], object]>([
  ["is sent", ["released"], { clearing: -30_000n, "reserve-change": 30_000n }],
  [
    "is paid, for a fee",
    ["released", "settled"],
    { bank: -30_005n, fee: 5n, "paid/indemnity": 30_000n },
  ],
  [
    "is rejected, for a fee",
    ["released", "rejected"],
    { bank: -5n, fee: 5n, "case-reserve": -30_000n, "reserve-change": 30_000n },
  ],
  [
    "is returned, for two fees",
    ["released", "settled", "returned"],
    {
      bank: -10n,
      fee: 10n,
      "paid/indemnity": 30_000n,
      "returned/indemnity": -30_000n,
      "case-reserve": -30_000n,
      "reserve-change": 30_000n,
    },
  ],
  [
    "is recovered in part as overpaid, which is set aside again",
    ["released", "settled", "overpaid"],
    {
      bank: -29_305n,
      fee: 5n,
      "paid/indemnity": 30_000n,
      "recovered/indemnity": -700n,
      "case-reserve": -700n,
      "reserve-change": 700n,
    },
  ],
  [
    "is recovered from a third party, which is not",
    ["released", "settled", "subrogated"],
    { bank: -29_305n, fee: 5n, "paid/indemnity": 30_000n, "recovered/indemnity": -700n },
  ],
])(
  "the books of a payout that %s are what its state alone says, account by account",
  (_, life, expected) => {
    const books = new KeptBooks();
    for (const step of life) {
      books.act(steps[step](books));
      expect(Object.fromEntries(books.kept.balances)).toEqual(books.standing);
    }
    expect(books.standing).toEqual(expected);
    expect([...books.kept.balances.values()].reduce((sum, minor) => sum + minor, 0n)).toBe(0n);
  },
);
