import { type Accumulator, accumulate, newAccumulator } from "../../shared/base/accumulator.ts";
import type { Act } from "../../shared/base/actor.ts";
import { toHex, utf8 } from "../../shared/base/bytes.ts";
import type { DomainEvent, Seen } from "../../shared/base/event.ts";
import { formatAmount } from "../../shared/base/money.ts";
import { isRefusal, type Refusal } from "../../shared/base/refusal.ts";
import { sha256 } from "../../shared/base/sha256.ts";
import { changePayee, evolvePayeeChanged } from "../../shared/claim/payee.ts";
import type { ClaimState } from "../../shared/claim/state.ts";
import type { Payee } from "../../shared/claim/submission.ts";
import { releasePayout } from "../../shared/payout/advance.ts";
import type { BankLine } from "../../shared/payout/bank-line.ts";
import { evolvePayout, payoutDeltas } from "../../shared/payout/evolve.ts";
import type { Released } from "../../shared/payout/forms.ts";
import { formatOrder } from "../../shared/payout/payment-file.ts";
import { type Asked, proposePayout } from "../../shared/payout/propose.ts";
import { reissuePayout } from "../../shared/payout/reissue.ts";
import { reportPayout } from "../../shared/payout/report.ts";
import type { PayoutState } from "../../shared/payout/state.ts";
import type { PayoutWorld } from "../../shared/payout/world.ts";
import { submitted } from "../claim/sample.ts";
import {
  byMachine,
  byPerson,
  claimStream,
  handle,
  noon,
  paying,
  payments,
  payoutStream,
  seen,
  usd,
} from "../policy/sample.ts";

export const maker = byPerson(handle("5"));
export const checker = byPerson(handle("6"));
export const second = byPerson(handle("7"));
export const releaser = byPerson(handle("8"));
export const clear = { list: "test", result: "clear" } as const;
/** A screening that finds nobody. */
export const clearly = async () => clear;
/** SHA-256 of some bank's message. */
export const bankMessage = "0a".repeat(32);

/** What a bank's message says of a payout: all of its money, under `reference`. */
export const told = (
  { amount: { minor, currency } }: Pick<PayoutState, "amount">,
  report: BankLine["report"],
  reference = "r",
): BankLine => ({
  report,
  amount: { currency, decimal: formatAmount(minor, currency) },
  reference,
  message: bankMessage,
});

/** Records what {@link told} says of the payout. */
export const reportOn =
  (report: BankLine["report"], reference = "r") =>
  (world: PayoutWorld, act: Act = byMachine()): DomainEvent | Refusal =>
    reportPayout(world, told(world.payout.state, report, reference), act);

/** The one file a payout is released in, by itself. */
export const fileOf = (payout: string): string => toHex(sha256(utf8(payout))).slice(0, 32);

/** What a release seals of that file. */
export function fileFor({ payout, insurer }: PayoutWorld, act: Act): Released["file"] {
  const { payer } = insurer.state.payments ?? payments;
  const order = { file: fileOf(payout.stream), releasedAt: act.now, payer };
  const bytes = formatOrder(order, [{ payout: payout.stream, state: payout.state }]);
  return { handle: order.file, sha256: toHex(sha256(bytes)), payments: 1n };
}

/** Releases the payout in a file of its own, its payee screened that very moment, or when told. */
export const release = (
  world: PayoutWorld,
  act: Act,
  screenedAt = act.now,
): DomainEvent | Refusal =>
  releasePayout(world, { file: fileFor(world, act), list: "test", screenedAt }, act);

/** The claim in `state` after somebody's act of `version`. */
export const actedOn = (state: ClaimState, version: bigint): Seen<ClaimState> =>
  seen(claimStream, { ...state, lastAct: version }, version);

/** A claim whose decision awards `award` minor units. */
export const decidedClaim = (award: bigint, version = 2n): Seen<ClaimState> =>
  actedOn(
    {
      ...submitted(),
      status: "decided",
      reserve: usd(award),
      decision: {
        version,
        outcome: "PAY",
        award: usd(award),
        reasonCode: "COVERED",
        by: "machine",
        decider: null,
        packVersion: 1n,
        fund: null,
        counts: { "medical/approved": award },
        supersedes: null,
        at: noon,
      },
    },
    version,
  );

/** The rows payouts of one claim work on, moved by every event that is not refused. */
export class Desk {
  on = paying();
  claim: Seen<ClaimState>;
  row: Accumulator = newAccumulator(`claim/${claimStream}`);
  readonly payouts = new Map<string, Seen<PayoutState>>();

  constructor(award: bigint) {
    this.claim = decidedClaim(award);
    this.row = { ...this.row, values: { approved: award } };
  }

  propose(
    amount: bigint | undefined,
    act: Act,
    stream = payoutStream,
    replaced?: string,
    asked: Asked = {},
  ): DomainEvent | Refusal {
    const replaces = replaced === undefined ? undefined : this.payouts.get(replaced);
    const world = {
      insurer: this.on,
      claim: this.claim,
      claimAccumulator: this.row,
      ...(replaces ? { replaces } : {}),
    };
    const money = amount === undefined ? {} : { amount: usd(amount) };
    return this.#take(proposePayout(world, stream, { ...money, ...asked }, act));
  }

  /** Puts another payee in the place of the claim's. */
  changePayee(payee: Payee, act: Act): DomainEvent | Refusal {
    const event = changePayee({ insurer: this.on, claim: this.claim }, payee, "moved", act);
    if (isRefusal(event)) return event;
    const { state, version } = this.claim;
    this.claim = actedOn(evolvePayeeChanged(state, event), version + 1n);
    this.row = accumulate(this.row, { subject: this.row.subject, add: {} });
    return event;
  }

  /** Gives `stream` over to `successor` and proposes that: both or none, as one transaction does. */
  reissue(stream: string, successor: string, act: Act): DomainEvent | Refusal {
    const before = { row: this.row, payouts: new Map(this.payouts) };
    const given = this.act((world) => reissuePayout(world, successor, act), stream);
    if (isRefusal(given)) return given;
    const event = this.propose(undefined, act, successor, stream);
    if (!isRefusal(event)) return event;
    this.row = before.row;
    this.payouts.clear();
    for (const [key, payout] of before.payouts) this.payouts.set(key, payout);
    return event;
  }

  act(
    step: (world: PayoutWorld) => DomainEvent | Refusal,
    stream = payoutStream,
  ): DomainEvent | Refusal {
    const payout = this.payouts.get(stream);
    if (!payout) throw new Error("no such payout");
    return this.#take(
      step({ insurer: this.on, claim: this.claim, claimAccumulator: this.row, payout }),
    );
  }

  state(stream = payoutStream): PayoutState {
    const payout = this.payouts.get(stream);
    if (!payout) throw new Error("no such payout");
    return payout.state;
  }

  value(name: string): bigint {
    return this.row.values[name] ?? 0n;
  }

  #take(event: DomainEvent | Refusal): DomainEvent | Refusal {
    if (isRefusal(event)) return event;
    const before = this.payouts.get(event.stream);
    for (const delta of payoutDeltas(before?.state, event)) this.row = accumulate(this.row, delta);
    const version = (before?.version ?? 0n) + 1n;
    this.payouts.set(
      event.stream,
      seen(event.stream, evolvePayout(before?.state, event, version), version),
    );
    return event;
  }
}
