import { equal, toHex } from "../base/bytes.ts";
import type { StreamKind } from "../base/event.ts";
import type { LedgerRecord } from "../record/record.ts";
import { formOf, mayFollow } from "./streams.ts";

interface Link {
  readonly kind: StreamKind;
  readonly type: string;
  readonly version: bigint;
  readonly leaf: Uint8Array;
}

/** What is wrong with a record's place in its stream. `lost`: its stream can't be followed from here on. */
export interface Break {
  readonly expected: string;
  readonly found: string;
  readonly lost: boolean;
}

/** Every stream of one log, record after record: versions rise by one, each names the leaf before it, and a stream begins once and keeps its kind. */
export class Chain {
  readonly #links = new Map<string, Link>();

  /** The newest record of a stream. */
  newest(stream: string): { readonly version: bigint; readonly type: string } | undefined {
    return this.#links.get(stream);
  }

  /** Takes the next record of its stream; undefined when it is where it belongs. */
  follow(record: LedgerRecord, leaf: Uint8Array): Break | undefined {
    const before = this.#links.get(record.stream);
    const version = (before?.version ?? 0n) + 1n;
    const linked = before ? record.prev !== null && equal(record.prev, before.leaf) : !record.prev;
    const lost = !mayFollow(record.type, before?.kind);
    const kind = before?.kind ?? formOf(record.type).kind;
    this.#links.set(record.stream, { kind, type: record.type, version: record.version, leaf });
    if (record.version === version && linked && !lost) return undefined;
    const what = before ? `an act on a ${before.kind} that began` : "the beginning of a stream";
    const prev = before ? toHex(before.leaf) : "null";
    const named = record.prev ? toHex(record.prev) : "null";
    return {
      expected: `${what}: version ${version} after ${prev}`,
      found: `${record.type}, version ${record.version} after ${named}`,
      lost,
    };
  }
}
