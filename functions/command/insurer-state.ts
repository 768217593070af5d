import type { InsurerState } from "../../shared/policy/insurer.ts";
import type { Store } from "../../shared/ports/store.ts";
import type { RowPorts } from "./row-cipher.ts";
import { openStream } from "./rows.ts";

/** The insurer as its row has it now, outside a command; undefined where the log is not open. Throws Unavailable. */
export async function insurerState(
  ports: Pick<RowPorts, "keys" | "cipher"> & { readonly store: Pick<Store, "read"> },
  insurer: string,
): Promise<InsurerState | undefined> {
  const row = await ports.store.read(insurer, (on) => on.insurer());
  const slot = row && (await openStream(ports, insurer, row));
  return slot?.state as InsurerState | undefined;
}
