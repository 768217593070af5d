import { formOf, subjectOf } from "../../shared/audit/streams.ts";
import { fromHex } from "../../shared/base/bytes.ts";
import { type Refusal, refuse } from "../../shared/base/refusal.ts";
import type { ClaimState } from "../../shared/claim/state.ts";
import type { PayoutState } from "../../shared/payout/state.ts";
import type { Caller, Receipt } from "../../shared/ports/claims.ts";
import type { Store, StoredRecord } from "../../shared/ports/store.ts";
import { showOpenings } from "../../shared/proof/receipt.ts";
import { parseRecord } from "../../shared/record/record.ts";
import { isClaimants } from "./claim-payouts.ts";
import { isCallers } from "./claim-reading.ts";
import { type OpeningPorts, openRecord } from "./openings.ts";
import type { ReceiptSource } from "./receipt-source.ts";
import { openStream } from "./rows.ts";

/** What a receipt is made from. */
export interface ReceiptPorts extends OpeningPorts {
  readonly store: Store;
}

/**
 * The receipt of the record with this leaf hash, with the openings that are the caller's. Leaf hashes are public, so whoever may not know of
 * the record gets the same refusal as for a hash of none. Throws Unavailable.
 */
export async function receiptOf(
  ports: ReceiptPorts,
  source: ReceiptSource,
  caller: Caller,
  leafHash: string,
): Promise<Receipt | Refusal> {
  const found = await ports.store.recordByLeaf(fromHex(leafHash, "leafHash"));
  if (found?.insurer !== caller.insurer || !(await mayKnow(ports, caller, found))) {
    return refuse("not-found", "No record that the caller may see has this leaf hash.");
  }
  const { insurer, stream, version, index, record } = found;
  if (index === null) return { pending: true };
  const text = await source.receipt(insurer, { ...found, index }, async () => {
    const openings = await openRecord(ports, insurer, found, holds(caller));
    const leaves = openings.length > 0 ? await ports.store.leaves(insurer, stream, version) : [];
    return { record, openings: showOpenings(leaves, openings) };
  });
  return text === "pending" ? { pending: true } : { text };
}

/** The insurer's own people and its auditors know of every record; a claimant of those in streams about themselves, expenses aside. */
async function mayKnow(
  ports: ReceiptPorts,
  caller: Caller,
  { stream, record }: StoredRecord,
): Promise<boolean> {
  const { insurer, role, person } = caller;
  if (role !== "claimant" && role !== "intake") return true;
  const { kind } = formOf(parseRecord(record).type);
  const [row] = await ports.store.read(insurer, (on) => on.streams(kind, [stream]));
  const slot = row && (await openStream(ports, insurer, row));
  if (!slot) return false;
  const { state } = slot;
  if (kind === "payout" && !isClaimants(state as PayoutState)) return false;
  if (kind === "claim") return isCallers(ports, caller, state as ClaimState);
  return subjectOf(kind, state) === person;
}

/** Whose parts of a record its receipt lays open: all of them for an adjuster, one's own for others, none for auditors and intakes. */
function holds({ role, person }: Caller): (of: string) => boolean {
  if (role === "adjuster") return () => true;
  if (role === "auditor" || role === "intake") return () => false;
  return (of) => of === person;
}
