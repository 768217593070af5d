import { equal } from "../base/bytes.ts";
import { blockHash } from "./block.ts";
import { hashBytes } from "./dot.ts";
import { append, type Frontier, frontierLength, frontierRoot } from "./frontier.ts";
import { foldPath } from "./merkle.ts";

/** A journal's digest: how many blocks it covers (tip + 1) and the root of their hashes. */
export interface JournalDigest {
  readonly size: bigint;
  readonly root: Uint8Array;
}

/**
 * Evidence that a journal grew from `size` blocks to more: the proof of the old tip block in the old digest (leaf to root, which is the
 * frontier of all blocks before it, smallest first), the tip's blockHash, then each later block's entriesHash. QLDB itself has no
 * consistency proof; every later block has to be shown.
 */
export const extensionEvidence = (
  tipProof: readonly Uint8Array[],
  tipHash: Uint8Array,
  laterEntriesHashes: readonly Uint8Array[],
): readonly Uint8Array[] => [...tipProof, tipHash, ...laterEntriesHashes];

/**
 * Whether `evidence` shows that `to` is `from` plus blocks that each link to the one before. `from.size` must be the verifier's own: the hashes
 * don't bind a size, but from a known size they leave one tree only.
 */
export function extendsJournal(
  from: JournalDigest,
  to: JournalDigest,
  evidence: readonly Uint8Array[],
): boolean {
  if (from.size < 1n || to.size < from.size || to.size > BigInt(Number.MAX_SAFE_INTEGER))
    return false;
  const before = Number(from.size) - 1;
  const pathLength = frontierLength(before);
  if (evidence.length !== pathLength + 1 + Number(to.size - from.size)) return false;
  if (evidence.some((hash) => hash.length !== hashBytes)) return false;
  const path = evidence.slice(0, pathLength);
  const [tip, ...later] = evidence.slice(pathLength);
  if (tip === undefined || !equal(foldPath(tip, path), from.root)) return false;
  let frontier: Frontier = append({ size: before, roots: path.toReversed() }, tip);
  let previous = tip;
  for (const entriesHash of later) {
    previous = blockHash(entriesHash, previous);
    frontier = append(frontier, previous);
  }
  return equal(frontierRoot(frontier), to.root);
}
