import { type BundleId, bundlePath } from "../log/tile.ts";
import type { PartName } from "./part.ts";

/** Where the sealed store keeps one ciphertext of a record (docs/spec/ledger.md, Sealed store). */
export const partKey = (
  insurer: string,
  stream: string,
  version: bigint,
  part: { readonly person: string; readonly class: PartName["class"] | string },
): string => `${insurer}/${stream}/${version}/${part.person}/${part.class}`;

/** The folder of all leaf hashes of an insurer; no stream's, for those are handles. */
export const leavesFolder = (insurer: string): string => `${insurer}/leaves/`;

/**
 * Where the sealed store keeps the leaf hashes of an entry bundle's sealed trees: those of its records in order, 32 bytes each and nothing between
 * them, for each record says how many are its own.
 */
export const leavesKey = (insurer: string, id: BundleId): string =>
  `${leavesFolder(insurer)}${bundlePath(id).slice("tile/entries/".length)}`;
