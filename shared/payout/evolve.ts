import type { Delta } from "../base/accumulator.ts";
import type { DomainEvent } from "../base/event.ts";
import {
  type Approved,
  approvedForm,
  type Proposed,
  proposedForm,
  type Reissued,
  type Released,
  type Reported,
  reissuedForm,
  releasedForm,
  reportedForm,
  type Screened,
  screenedForm,
  stoppedForm,
} from "./forms.ts";
import type { PayoutState } from "./state.ts";

const plus = (persons: readonly string[], person: string | undefined): string[] =>
  person ? [...persons, person] : [...persons];

/** The payout after `event`. */
export function evolvePayout(state: PayoutState | undefined, event: DomainEvent): PayoutState {
  if (event.type === proposedForm.type) return begin(event.content as Proposed);
  if (!state) throw new Error("bug: a payout starts by being proposed");
  switch (event.type) {
    case screenedForm.type: {
      const { result } = event.content as Screened;
      return { ...state, status: result === "clear" ? "screened" : "held" };
    }
    case approvedForm.type: {
      const persons = plus(state.persons, (event.content as Approved).by?.person);
      // The proposer is the maker; a band asks for that many persons beside them.
      const enough = BigInt(persons.length) >= (state.approvers === 0n ? 0n : state.approvers + 1n);
      return { ...state, persons, status: enough ? "approved" : "screened" };
    }
    case releasedForm.type:
      return { ...state, status: "released", file: (event.content as Released).file };
    case reportedForm.type:
      return { ...state, status: (event.content as Reported).report };
    case stoppedForm.type:
      return { ...state, status: "stopped" };
    case reissuedForm.type:
      return { ...state, replacedBy: (event.content as Reissued).successor };
    default:
      return { ...state, status: "voided" };
  }
}

function begin(content: Proposed): PayoutState {
  return {
    status: "proposed",
    claim: content.claim,
    claimVersion: content.claimVersion,
    insured: content.insured,
    payee: content.payee,
    amount: content.amount,
    approvers: content.approvers,
    persons: plus([], content.by?.person),
    binding: content.binding,
    file: null,
    replaces: content.replaces ?? null,
    replacedBy: null,
  };
}

/** What `event` adds to its claim's accumulator; `before` is the payout before it. */
export function payoutDeltas(before: PayoutState | undefined, event: DomainEvent): Delta[] {
  const claim = before?.claim ?? (event.content as Proposed).claim;
  const minor = before?.amount.minor ?? (event.content as Proposed).amount.minor;
  return [{ subject: `claim/${claim}`, add: movement(before, event, minor) }];
}

function movement(before: PayoutState | undefined, event: DomainEvent, minor: bigint) {
  if (event.type === proposedForm.type) return { committed: minor };
  if (event.type === reportedForm.type) {
    const { report } = event.content as Reported;
    if (report === "settled") return { committed: -minor, paid: minor };
    return report === "returned" ? { returned: minor } : { committed: -minor };
  }
  if (event.type === stoppedForm.type) return { committed: -minor };
  // A stopped payout's commitment is already released.
  if (event.type === "payout.voided" && before?.status !== "stopped") return { committed: -minor };
  return {};
}
