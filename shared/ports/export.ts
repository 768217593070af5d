/** One entry with everything an export needs of it. */
export interface ExportRow {
  readonly index: bigint;
  readonly stream: string;
  readonly version: bigint;
  readonly leafHash: Uint8Array;
  readonly record: Uint8Array;
  /** All leaf hashes of its sealed tree, one after another; null for a public record. */
  readonly leaves: Uint8Array | null;
  readonly parts: readonly {
    readonly person: string;
    readonly class: string;
    readonly ciphertext: Uint8Array;
  }[];
}

/** Reads committed entries for an audit bundle. Throws Unavailable. */
export interface ExportRows {
  /** Entries `from` (inclusive) to `to` (exclusive), at most 1,024 of them, in order. */
  read(insurer: string, from: bigint, to: bigint): Promise<readonly ExportRow[]>;
}
