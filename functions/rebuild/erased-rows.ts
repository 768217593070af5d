import type { StreamKind } from "../../shared/base/event.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { Instant } from "../../shared/base/instant.ts";
import type { AccumulatorRow, StreamRow } from "../../shared/ports/store.ts";

/** The last record of a stream, as its leaf shows it: nothing that was sealed. */
export interface LastRecord {
  readonly kind: StreamKind;
  readonly version: bigint;
  readonly leafHash: Uint8Array;
  readonly ord: Instant;
}

/**
 * The row of a stream whose person was erased, as the eraser leaves it: what is said in the open, no state. Which claim a payout paid, and in which file, was
 * sealed, so that is gone, too; nothing asks for payouts of an erased claim.
 */
export const erasedStream = (stream: Handle, last: LastRecord, person: Handle): StreamRow => ({
  stream,
  ...last,
  status: "erased",
  state: "",
  person,
  ...(last.kind === "payout" ? { claim: "" } : {}),
});

/**
 * The accumulator of an erased policy or claim; none for a payout. Its values rested on what was erased, so they are unknown, which is not zero: reading it
 * is refused (`erased`), and whatever would rest on it with it (docs/adr/0008). `ord` is that of the log's last entry.
 */
export const erasedAccumulators = (
  stream: Handle,
  { kind, version }: LastRecord,
  person: Handle,
  ord: Instant,
): AccumulatorRow[] =>
  kind === "policy" || kind === "claim"
    ? [{ subject: `${kind}/${stream}`, version, ord, state: "", person }]
    : [];
