import { decodeState, type StateOf } from "../../shared/audit/streams.ts";
import { type Accumulator, newAccumulator, type Subject } from "../../shared/base/accumulator.ts";
import { canonicalText } from "../../shared/base/canonical.ts";
import type { StreamKind } from "../../shared/base/event.ts";
import type { AccumulatorRow, StreamRow } from "../../shared/ports/store.ts";
import type { FieldIndex } from "../../shared/record/fields.ts";

/** A stream as one transaction holds it: `held` is the version its row had, `version` the one it has by now. */
export interface Slot {
  readonly kind: StreamKind;
  readonly stream: string;
  readonly held: bigint;
  readonly version: bigint;
  readonly leafHash: Uint8Array;
  readonly ord: bigint;
  readonly state: StateOf[StreamKind];
  readonly fields: FieldIndex;
}

/** The slot of a row: its text is {"state": …, "fields": {name: [version, salt]}}. */
export function readStream(row: StreamRow): Slot {
  const { state, fields } = JSON.parse(row.state) as {
    state: unknown;
    fields: Record<string, [string, string]>;
  };
  const index = Object.entries(fields).map(([field, [version, salt]]) => [
    field,
    { version: BigInt(version), salt },
  ]);
  return {
    kind: row.kind,
    stream: row.stream,
    held: row.version,
    version: row.version,
    leafHash: row.leafHash,
    ord: row.ord,
    state: decodeState(row.kind, state),
    fields: Object.fromEntries(index),
  };
}

/** The accumulator of a row, or the new one where there is none yet. */
export function readAccumulator(
  subject: Subject,
  row: AccumulatorRow | undefined,
): { accumulator: Accumulator; ord: bigint } {
  if (!row) return { accumulator: newAccumulator(subject), ord: 0n };
  const stored = JSON.parse(row.state) as Record<string, string>;
  const values = Object.fromEntries(
    Object.entries(stored).map(([name, minor]) => [name, BigInt(minor)]),
  );
  return { accumulator: { subject, version: row.version, values }, ord: row.ord };
}

/** The row of an accumulator last moved at `ord`. */
export function writeAccumulator(
  { subject, version, values }: Accumulator,
  ord: bigint,
): AccumulatorRow {
  const stored = Object.fromEntries(
    Object.entries(values).map(([name, minor]) => [name, minor.toString()]),
  );
  return { subject, version, ord, state: canonicalText(stored) };
}
