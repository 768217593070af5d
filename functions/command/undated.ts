import type { StateOf } from "../../shared/audit/streams.ts";
import type { DomainEvent, StreamKind } from "../../shared/base/event.ts";
import { stoppedForm, voidedForm } from "../../shared/payout/forms.ts";
import type { PayoutState } from "../../shared/payout/state.ts";
import { endorsedForm, type PolicyState } from "../../shared/policy/policy.ts";
import type { Undated } from "../../shared/ports/store.ts";

/**
 * Whose clocks an act moves without being on the claim, in its stream's state after it: an instalment that ends unpaid no longer counts as ordered
 * (shared/payout/ordered.ts), and an endorsed policy may lie elsewhere. A proposal takes nothing from what was ordered.
 */
export function undatedBy({ type }: DomainEvent, state: StateOf[StreamKind]): readonly Undated[] {
  switch (type) {
    case stoppedForm.type:
    case voidedForm.type: {
      const { claim, head, instalment } = state as PayoutState;
      return head === "indemnity" && instalment ? [{ claim }] : [];
    }
    case endorsedForm.type:
      return [{ insured: (state as PolicyState).terms.insured }];
    default:
      return [];
  }
}
