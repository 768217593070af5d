import type { Handle } from "../../shared/base/handle.ts";
import type { PayoutState } from "../../shared/payout/state.ts";
import type { Caller } from "../../shared/ports/claims.ts";
import type { StoredRecord } from "../../shared/ports/store.ts";
import type { CommandPorts } from "./commit.ts";
import { openStream } from "./rows.ts";

/** A payout of a claim, as its row says. */
interface ClaimPayout {
  readonly payout: Handle;
  readonly state: PayoutState;
}

/** Whether a claimant may see the payout: what an insurer pays others for handling the claim is not about who claims. */
export const isClaimants = ({ head }: Pick<PayoutState, "head">): boolean => head !== "expense";

/** The claim's payouts that the caller may see, oldest first; none whose person was erased. */
export async function payoutsFor(
  ports: CommandPorts,
  { insurer, role }: Caller,
  claim: Handle,
): Promise<readonly ClaimPayout[]> {
  const streams = await ports.store.payoutsOf(insurer, claim);
  const rows = await ports.store.read(insurer, (on) => on.streams("payout", streams));
  const slots = await Promise.all(rows.map((row) => openStream(ports, insurer, row)));
  const states = new Map(slots.map((slot) => [slot?.stream, slot?.state as PayoutState]));
  return streams.flatMap((payout) => {
    const state = states.get(payout);
    return state && (role !== "claimant" || isClaimants(state)) ? [{ payout, state }] : [];
  });
}

/** Most payouts of a claim whose records are listed. */
const mostListed = 200;

/** The records of the claim's payouts whose receipts the caller may have, payout by payout, oldest first: the insurer's people, and the insured person. */
export async function payoutRecords(
  ports: CommandPorts,
  caller: Caller,
  claim: Handle,
): Promise<readonly (StoredRecord & { readonly payout: Handle })[]> {
  const payouts = await payoutsFor(ports, caller, claim);
  const records: (StoredRecord & { readonly payout: Handle })[] = [];
  for (const { payout, state } of payouts.slice(-mostListed)) {
    if (caller.role === "claimant" && state.insured !== caller.person) continue;
    const own = await ports.store.records(caller.insurer, payout);
    records.push(...own.map((record) => ({ ...record, payout })));
  }
  return records;
}
