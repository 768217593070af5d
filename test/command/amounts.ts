import { readAccumulator } from "../../functions/command/rows.ts";
import type { Subject } from "../../shared/base/accumulator.ts";
import type { Store } from "../../shared/ports/store.ts";

/** What an accumulator's row holds, in minor units by name. */
export async function amountsOf(
  { store }: { readonly store: Store },
  insurer: string,
  subject: Subject,
): Promise<Readonly<Record<string, bigint>>> {
  const [row] = await store.transaction(insurer, (on) => on.accumulators([subject]));
  return readAccumulator(subject, row).accumulator.values;
}
