import { isRefusal } from "../../shared/base/refusal.ts";
import type { ClaimsPort } from "../../shared/ports/claims.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import type { StoredRecord } from "../../shared/ports/store.ts";
import { payoutRecords } from "./claim-payouts.ts";
import { readableClaim, recordRef, viewClaim } from "./claim-reading.ts";
import type { CommandPorts } from "./commit.ts";
import { receiptOf } from "./receipt.ts";
import { type ReceiptSource, receiptsOfLogs } from "./receipt-source.ts";
import { submit } from "./submit.ts";

/** The claims port over the command cores; receipts come from what is published, or from `source`. */
export const claimsPort = (
  ports: CommandPorts,
  published: ObjectStore,
  source: ReceiptSource = receiptsOfLogs(published),
): ClaimsPort => ({
  submit: (caller, submission, idempotency, now, traceparent) =>
    submit(ports, caller, submission, idempotency, now, traceparent),
  claim: (caller, claim) => viewClaim(ports, caller, claim),
  receipts: async (caller, claim) => {
    const state = await readableClaim(ports, caller, claim);
    if (isRefusal(state)) return state;
    const signed = await source.signedSize(caller.insurer);
    const entryOf = (stored: StoredRecord) => ({
      ...recordRef(stored),
      signed: stored.index !== null && stored.index < signed,
    });
    const own = await ports.store.records(caller.insurer, claim);
    const paying = await payoutRecords(ports, caller, claim);
    return {
      records: [
        ...own.map(entryOf),
        ...paying.map(({ payout, ...stored }) => ({ ...entryOf(stored), payout })),
      ],
    };
  },
  receipt: (caller, leafHash) => receiptOf(ports, source, caller, leafHash),
});
