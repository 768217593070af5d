import type { Delta } from "../base/accumulator.ts";
import type { DomainEvent } from "../base/event.ts";
import { amountName, type HeadAmount, proposedCount } from "../claim/heads.ts";
import { reversible } from "./bank-line.ts";
import {
  type Approved,
  approvedForm,
  type BreakClosed,
  breakClosedForm,
  type Proposed,
  proposedForm,
  type Recovered,
  type Reissued,
  type Released,
  type Reported,
  recoveredForm,
  reissuedForm,
  releasedForm,
  reportedForm,
  type Screened,
  screenedForm,
  stoppedForm,
  voidedForm,
} from "./forms.ts";
import type { PayoutState } from "./state.ts";

const plus = (persons: readonly string[], person: string | undefined): string[] =>
  person ? [...persons, person] : [...persons];

/** The payout after `event`, its record of `version`. */
export function evolvePayout(
  state: PayoutState | undefined,
  event: DomainEvent,
  version: bigint,
): PayoutState {
  if (event.type === proposedForm.type) return begin(event.content as Proposed);
  if (!state) throw new Error("bug: a payout starts by being proposed");
  switch (event.type) {
    case screenedForm.type: {
      const { result } = event.content as Screened;
      return { ...state, status: result === "clear" ? clearOf(state) : "held" };
    }
    case approvedForm.type: {
      const persons = plus(state.persons, (event.content as Approved).by?.person);
      const after = { ...state, persons, approvals: state.approvals + 1n };
      return { ...after, status: clearOf(after) };
    }
    case releasedForm.type: {
      const { file, now, payer } = event.content as Released;
      const { handle, sha256, payments } = file;
      const order = { file: handle, fileHash: sha256, filePayments: payments, payer };
      return { ...state, status: "released", releasedAt: now, ...order };
    }
    case reportedForm.type:
      return reportedOn(state, event.content as Reported, version);
    case recoveredForm.type: {
      const { amount, basis } = event.content as Recovered;
      return { ...state, recoveries: [...state.recoveries, { version, amount, basis }] };
    }
    case breakClosedForm.type: {
      const { number } = event.content as BreakClosed;
      const breaks = state.breaks.map((one, at) =>
        BigInt(at) + 1n === number ? { ...one, open: false } : one,
      );
      return { ...state, breaks };
    }
    case stoppedForm.type:
      return unpaid({ ...state, status: "stopped" });
    case reissuedForm.type:
      return { ...state, replacedBy: (event.content as Reissued).successor };
    default:
      return unpaid({ ...state, status: "voided" });
  }
}

function reportedOn(state: PayoutState, content: Reported, version: bigint): PayoutState {
  const { report, fee, reference, message, break: broken } = content;
  if (report === "break") {
    if (!broken) return state;
    const one = { ...broken, reference, message, open: true, disputes: false, reversedBy: null };
    const known = { ...state, breaks: [...state.breaks, one] };
    return uncounted.includes(state.status) ? unpaid(known) : known;
  }
  if (report === "reversed") {
    const at = reversible(state);
    const breaks = state.breaks.map((one, index) =>
      index === at ? { ...one, open: false, reversedBy: { reference, message } } : one,
    );
    return { ...state, breaks, reports: [...state.reports, { report, reference, message }] };
  }
  const after = {
    ...state,
    status: report,
    reports: [...state.reports, { report, reference, message }],
    fee: state.fee + (fee?.minor ?? 0n),
  };
  if (report === "settled") return { ...after, settledAt: version };
  return unpaid(report === "returned" ? { ...after, returnedAt: version } : after);
}

/** Statuses of a payout whose money its claim counts neither as under way nor as paid. */
const uncounted: readonly PayoutState["status"][] = [
  "rejected",
  "recalled",
  "returned",
  "stopped",
  "voided",
];

/** A payout that ended unpaid: each open break that says money went out disputes that, whenever it was said. */
const unpaid = (state: PayoutState): PayoutState => ({
  ...state,
  breaks: state.breaks.map((one) =>
    one.open && one.said === "settled" ? { ...one, disputes: true } : one,
  ),
});

/** How many breaks say that money went out which the payout does not count, and are not cleared up. */
const disputing = (state: PayoutState | undefined): bigint =>
  BigInt(state?.breaks.filter(({ open, disputes }) => open && disputes).length ?? 0);

/** Where a payout stands that no screening holds: band 0 asks for one approval, of whoever; a higher one for that many persons beside the maker. */
const clearOf = ({ approvers, approvals }: PayoutState): PayoutState["status"] =>
  approvals >= (approvers === 0n ? 1n : approvers) ? "approved" : "screened";

function begin(content: Proposed): PayoutState {
  const instalment = content.timing === "interim" ? null : (content.timing ?? null);
  return {
    status: instalment ? "scheduled" : "proposed",
    claim: content.claim,
    claimVersion: content.claimVersion,
    insured: content.insured,
    payee: content.payee,
    amount: content.amount,
    head: content.head,
    interim: content.timing === "interim",
    instalment,
    fund: content.fund ?? null,
    approvals: 0n,
    approvers: content.approvers,
    persons: plus([], content.by?.person),
    binding: content.binding,
    file: null,
    releasedAt: null,
    fileHash: null,
    filePayments: null,
    payer: null,
    settledAt: null,
    returnedAt: null,
    reports: [],
    breaks: [],
    recoveries: [],
    fee: 0n,
    replaces: content.replaces ?? null,
    replacedBy: null,
  };
}

/** What `event` adds to its claim's accumulator, under the payout's head; `before` is the payout before it. */
export function payoutDeltas(before: PayoutState | undefined, event: DomainEvent): Delta[] {
  const { claim, head, amount } = before ?? (event.content as Proposed);
  const disputes = disputing(evolvePayout(before, event, 0n)) - disputing(before);
  const moved = {
    ...movement(before, event, amount.minor),
    ...(disputes === 0n ? {} : { disputed: disputes * amount.minor }),
  };
  const add = Object.entries(moved).map(([name, minor]) => [
    amountName(head, name as HeadAmount),
    minor,
  ]);
  const counted = event.type === proposedForm.type ? [[proposedCount, 1n]] : [];
  return [{ subject: `claim/${claim}`, add: Object.fromEntries([...add, ...counted]) }];
}

function movement(
  before: PayoutState | undefined,
  event: DomainEvent,
  minor: bigint,
): Partial<Record<HeadAmount, bigint>> {
  if (event.type === proposedForm.type) return { committed: minor };
  if (event.type === reportedForm.type) {
    const { report } = event.content as Reported;
    if (report === "break" || report === "reversed") return {};
    if (report === "settled") return { committed: -minor, paid: minor };
    return report === "returned" ? { returned: minor } : { committed: -minor };
  }
  if (event.type === recoveredForm.type) {
    const { amount, basis } = event.content as Recovered;
    return basis === "overpayment" ? { recovered: amount.minor } : { subrogated: amount.minor };
  }
  if (event.type === stoppedForm.type) return { committed: -minor };
  // A stopped payout's commitment is already released.
  if (event.type === voidedForm.type && before?.status !== "stopped") return { committed: -minor };
  return {};
}
