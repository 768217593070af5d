/** Where entries stand in their logs. */
export interface EntryIndexes {
  /** The index of the entry with this leaf hash, 64 lower-case hex digits; undefined where the log has none. Throws Unavailable. */
  indexOf(insurer: string, leafHash: string): Promise<bigint | undefined>;
}
