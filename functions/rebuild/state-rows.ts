import type { Fold } from "../../shared/audit/fold.ts";
import { subjectOf } from "../../shared/audit/streams.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { assert } from "../../shared/base/malformed.ts";
import type { StateRows } from "../../shared/ports/rebuild.ts";
import { MissingKeys } from "../command/person-keys.ts";
import type { RowPorts } from "../command/row-cipher.ts";
import { writeAccumulator, writeStream } from "../command/rows.ts";

/** The last record of each stream: its leaf hash and order. */
export type LastRecords = ReadonlyMap<
  string,
  { readonly leafHash: Uint8Array; readonly ord: Instant }
>;

/**
 * The rows that commands would have left, from the state the log folds to: every policy, claim, payout, pack and person, the insurer, and the accumulators
 * of policies and claims. A stream with an erased record has none. `ord` is that of the log's last entry.
 */
export async function stateRows(
  ports: RowPorts,
  insurer: string,
  fold: Fold,
  last: LastRecords,
  ord: Instant,
): Promise<StateRows> {
  const persons = new Map<string, string>();
  const streams: StateRows["streams"][number][] = [];
  for (const { stream, kind, version, state, fields } of fold.streams()) {
    const record = last.get(stream);
    assert(record !== undefined, "a stream with a state has a record");
    const slot = { kind, stream, held: 0n, version, state, fields, ...record };
    const person = subjectOf(kind, state);
    if (person !== undefined) persons.set(`${kind}/${stream}`, person);
    streams.push(await closed(ports, () => writeStream(ports, insurer, slot)));
  }
  const accumulators: StateRows["accumulators"][number][] = [];
  for (const accumulator of fold.accumulators()) {
    const person = persons.get(accumulator.subject);
    if (person === undefined) continue;
    accumulators.push(
      await closed(ports, () => writeAccumulator(ports, insurer, accumulator, ord, person)),
    );
  }
  return { streams, accumulators };
}

/** What `write` gives once the keys it closes with are at hand. */
async function closed<T>({ keys }: RowPorts, write: () => T): Promise<T> {
  try {
    return write();
  } catch (error) {
    if (!(error instanceof MissingKeys)) throw error;
    for (const context of error.write) await keys.obtain(context);
    return write();
  }
}
