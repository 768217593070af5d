import type { Erasures } from "../../shared/audit/erasures.ts";
import { equal } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { parseTile } from "../../shared/log/tile.ts";
import { treeOf } from "../../shared/log/tree.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import type { SealedPart } from "../../shared/ports/store.ts";
import {
  type EntryRange,
  leavesFolder,
  leavesKey,
  parseLeavesKey,
  parsePartKey,
  partFolder,
} from "../../shared/record/sealed-store.ts";
import { type LogEntry, sealedSizeOf } from "./log-entries.ts";

/** What the sealed store has of one log's records. */
export interface SealedCopies {
  /** All leaf hashes of the record's sealed tree, checked against the root in the record; none for a public one. Malformed where they are not there. */
  leaves(entry: LogEntry): Promise<readonly Uint8Array[]>;
  /** Its ciphertexts, by person and class: one that the log erased is not among them, though an old copy of the store may hold it again. */
  parts(entry: LogEntry): Promise<readonly SealedPart[]>;
}

/** `starts[i]` is how many leaf hashes the entries before entry i have; one more for the end. `erasures` are all of the log's. */
export async function sealedCopies(
  sealed: Pick<ObjectStore, "get" | "list">,
  insurer: string,
  starts: readonly number[],
  erasures: Pick<Erasures, "coversPart">,
): Promise<SealedCopies> {
  const ranges: EntryRange[] = [];
  for await (const key of sealed.list(leavesFolder(insurer))) {
    ranges.push(parseLeavesKey(insurer, key));
  }
  let held: { readonly range: EntryRange; readonly bytes: Uint8Array } | undefined;
  const holding = async (index: bigint) => {
    const within = ({ start, end }: EntryRange): boolean => start <= index && index < end;
    if (held && within(held.range)) return held;
    const range = ranges.find(within);
    if (range === undefined) {
      throw new Malformed(leavesFolder(insurer), `has no leaf hashes of entry ${index}`);
    }
    const bytes = (await sealed.get(leavesKey(insurer, range)))?.bytes ?? new Uint8Array(0);
    held = { range, bytes };
    return held;
  };
  return {
    leaves: async (entry) => {
      const size = sealedSizeOf(entry.record);
      if (!("sealed" in entry.record.body)) return [];
      const { range, bytes } = await holding(entry.index);
      const [at, from] = [starts[Number(entry.index)] ?? 0, starts[Number(range.start)] ?? 0];
      const own = bytes.subarray(32 * (at - from), 32 * (at - from + size));
      const key = leavesKey(insurer, range);
      const leaves = parseTile(own, size, key);
      if (!equal(treeOf(leaves).root, entry.record.body.sealed.root)) {
        throw new Malformed(key, `the leaf hashes of entry ${entry.index} have another root`);
      }
      return leaves;
    },
    parts: async ({ record: { stream, version } }) => {
      const parts: SealedPart[] = [];
      for await (const key of sealed.list(partFolder(insurer, stream, version))) {
        const part = parsePartKey(key);
        if (erasures.coversPart({ stream, version }, part)) continue;
        const found = await sealed.get(key);
        if (found) parts.push({ ...part, ciphertext: found.bytes });
      }
      return parts;
    },
  };
}
