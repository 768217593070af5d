import type { Erasures } from "../../shared/audit/erasures.ts";
import type { Fold } from "../../shared/audit/fold.ts";
import { subjectOf } from "../../shared/audit/streams.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { assert } from "../../shared/base/malformed.ts";
import type { PayoutState } from "../../shared/payout/state.ts";
import type { PolicyState } from "../../shared/policy/policy.ts";
import type { StateRows } from "../../shared/ports/rebuild.ts";
import { MissingKeys } from "../command/person-keys.ts";
import type { RowPorts } from "../command/row-cipher.ts";
import { writeAccumulator, writeStream } from "../command/rows.ts";
import { erasedAccumulators, erasedStream, type LastRecord } from "./erased-rows.ts";

/** The last record of each stream. */
export type LastRecords = ReadonlyMap<Handle, LastRecord>;

/**
 * The rows that commands and the eraser would have left, from the state the log folds to: every policy, claim, payout, pack and person, the insurer, and the
 * accumulators of policies and claims; of erased persons' streams what is left of them. `ord` is that of the log's last entry.
 */
export async function stateRows(
  ports: RowPorts,
  insurer: string,
  fold: Fold,
  last: LastRecords,
  ord: Instant,
  erasures: Pick<Erasures, "subjectOf">,
): Promise<StateRows> {
  const persons = new Map<string, string>();
  const streams: StateRows["streams"][number][] = [];
  const accumulators: StateRows["accumulators"][number][] = [];
  const breaks: StateRows["breaks"][number][] = [];
  for (const [stream, record] of last) {
    const person = erasures.subjectOf(stream);
    if (person === undefined) continue;
    streams.push(erasedStream(stream, record, person));
    accumulators.push(...erasedAccumulators(stream, record, person, ord));
  }
  const all = [...fold.streams()];
  const policies = new Map(
    all.flatMap(({ stream, kind, state }) =>
      kind === "policy" ? [[stream, state as PolicyState] as const] : [],
    ),
  );
  const around = {
    insurer: fold.opened?.state,
    policy: (stream: string) => policies.get(stream),
  };
  for (const { stream, kind, version, state, fields } of all) {
    const record = last.get(stream);
    assert(record !== undefined, "a stream with a state has a record");
    const slot = { held: 0n, ...record, kind, stream, version, state, fields };
    const person = subjectOf(kind, state);
    if (person !== undefined) persons.set(`${kind}/${stream}`, person);
    streams.push(await closed(ports, () => writeStream(ports, insurer, slot, around)));
    if (kind !== "payout") continue;
    for (const { kind, message, open } of (state as PayoutState).breaks) {
      if (open) breaks.push({ kind, about: stream, message });
    }
  }
  assert(streams.length === last.size, "every stream of a log without findings is open or erased");
  for (const accumulator of fold.accumulators()) {
    const person = persons.get(accumulator.subject);
    if (person === undefined) continue;
    accumulators.push(
      await closed(ports, () => writeAccumulator(ports, insurer, accumulator, ord, person)),
    );
  }
  return { streams, accumulators, breaks };
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
