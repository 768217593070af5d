import type { CommandPorts } from "../../functions/command/commit.ts";
import { readAccumulator } from "../../functions/command/rows.ts";
import type { Subject } from "../../shared/base/accumulator.ts";

/** What an accumulator's row holds, in minor units by name. */
export async function amountsOf(
  ports: Pick<CommandPorts, "store" | "keys" | "cipher">,
  insurer: string,
  subject: Subject,
): Promise<Readonly<Record<string, bigint>>> {
  const [row] = await ports.store.transaction(insurer, (on) => on.accumulators([subject]));
  if (row?.person) await ports.keys.find({ insurer, person: row.person, class: "financial" });
  return readAccumulator(ports, insurer, subject, row)?.accumulator.values ?? {};
}
