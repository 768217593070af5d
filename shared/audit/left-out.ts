import type { Handle } from "../base/handle.ts";
import type { Cover } from "../policy/erasure-forms.ts";

interface ErasedStream {
  /** Its first and newest records so far, by index. */
  readonly first: bigint;
  readonly newest: bigint;
  /** Whether the newest is one after which a stream is over. */
  readonly over: boolean;
}

/** A period of a log: entries `from` (included) to `to` (excluded). */
export interface Period {
  readonly from: bigint;
  readonly to: bigint;
}

/**
 * The claims and payouts whose records an erasure closed, as control totals meet them: an insurer that has erased one by the end of a period leaves it
 * out, and says how many it left out; one it erased later is in totals that nobody can foot any more.
 */
export class LeftOut {
  readonly #streams = new Map<Handle, ErasedStream>();
  /** The index of the record that said so, where that has come. */
  readonly #said = new Map<Handle, bigint>();

  /** Takes in a closed record of a claim or payout. */
  closed(stream: Handle, index: bigint, over: boolean): void {
    const first = this.#streams.get(stream)?.first ?? index;
    this.#streams.set(stream, { first, newest: index, over });
  }

  /** Takes in what the erasure recorded at `index` covers. */
  recorded(index: bigint, covers: readonly Cover[]): void {
    for (const { stream, as } of covers) {
      if (as === "subject" && !this.#said.has(stream)) this.#said.set(stream, index);
    }
  }

  /** How many of them with a record in the period were erased by its end; undefined where another one moved what it comes to. */
  count({ from, to }: Period): bigint | undefined {
    let count = 0n;
    for (const [stream, { first, newest, over }] of this.#streams) {
      const said = this.#said.get(stream);
      const within = first < to && newest >= from;
      if (said !== undefined && said < to) count += within ? 1n : 0n;
      else if (within || (first < to && !over)) return undefined;
    }
    return count;
  }

  /** Whether each of them with a record before `to` was erased before it. */
  isSettledAt(to: bigint): boolean {
    for (const [stream, { first }] of this.#streams) {
      const said = this.#said.get(stream);
      if (first < to && (said === undefined || said >= to)) return false;
    }
    return true;
  }
}
