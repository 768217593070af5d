import type { StateOf } from "../../shared/audit/streams.ts";
import type { StreamKind } from "../../shared/base/event.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { StreamRow } from "../../shared/ports/store.ts";
import type { CommandPorts } from "../command/commit.ts";
import { each } from "../command/each.ts";
import { openStream } from "../command/rows.ts";

/** Rows opened at once: each may ask for a key. */
const width = 8;

/** The states of rows, by stream; none of those whose person was erased. Throws Unavailable. */
export async function openedAll<State extends StateOf[StreamKind]>(
  ports: Pick<CommandPorts, "keys" | "cipher">,
  insurer: string,
  rows: readonly StreamRow[],
): Promise<ReadonlyMap<Handle, State>> {
  const states = new Map<Handle, State>();
  await each(rows, width, async (row) => {
    const slot = await openStream(ports, insurer, row);
    if (slot) states.set(row.stream, slot.state as State);
  });
  return states;
}
