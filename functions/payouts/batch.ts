import type { Handle } from "../../shared/base/handle.ts";
import type { CommandTransaction } from "../command/transaction.ts";

/** Most payouts one file, and one transaction, carries. */
export const maxPerFile = 100;

/** Loads payouts, their claims and these claims' accumulators, each by one query. */
export async function prefetch(
  transaction: CommandTransaction,
  payouts: readonly Handle[],
): Promise<void> {
  await transaction.prefetch("payout", payouts);
  const claims: Handle[] = [];
  for (const payout of payouts) {
    const found = await transaction.stream("payout", payout);
    if (found) claims.push(found.state.claim);
  }
  const distinct = [...new Set(claims)];
  await transaction.prefetch("claim", distinct);
  await transaction.prefetchAccumulators(distinct.map((claim) => `claim/${claim}` as const));
}
