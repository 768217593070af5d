import { equal } from "../base/bytes.ts";
import { foldConsistency } from "../log/fold.ts";
import { isHash } from "../log/hash.ts";
import { treeOf } from "../log/tree.ts";
import { isHashList } from "./hash-list.ts";

/** The claim that the tree of `size2` leaves under `root2` begins with the tree of `size1` under `root1`. */
export interface ConsistencyClaim {
  readonly size1: bigint;
  readonly size2: bigint;
  readonly proof: readonly Uint8Array[];
  readonly root1: Uint8Array;
  readonly root2: Uint8Array;
}

/** The consistency proof from the first `size1` > 0 of `leafHashes` to all of them. */
export const proveConsistency = (leafHashes: readonly Uint8Array[], size1: bigint): Uint8Array[] =>
  treeOf(leafHashes).consistency(size1);

/**
 * Whether the proof holds (RFC 9162 §2.1.4.2). Anything malformed is false, and so is size1 = 0, from which
 * nothing can be proved; equal sizes take an empty proof and equal roots. Nothing throws.
 */
export function verifyConsistency(claim: ConsistencyClaim): boolean {
  const { size1, size2, proof, root1, root2 } = claim ?? {};
  if (typeof size1 !== "bigint" || typeof size2 !== "bigint") return false;
  if (!isHash(root1) || !isHash(root2) || !isHashList(proof)) return false;
  const folded = foldConsistency(size1, size2, proof, root1);
  return folded !== undefined && equal(folded.root1, root1) && equal(folded.root2, root2);
}
