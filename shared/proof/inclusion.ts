import { equal } from "../base/bytes.ts";
import { foldInclusion } from "../log/fold.ts";
import { isHash } from "../log/hash.ts";
import { treeOf } from "../log/tree.ts";
import { isHashList } from "./hash-list.ts";

/** The claim that `leafHash` is leaf `index` of the tree of `size` leaves under `root`, and its proof. */
export interface InclusionClaim {
  readonly leafHash: Uint8Array;
  readonly index: bigint;
  readonly size: bigint;
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
}

/** The inclusion proof of leaf `index` in the tree over `leafHashes`, leaf's sibling first. */
export const proveInclusion = (leafHashes: readonly Uint8Array[], index: bigint): Uint8Array[] =>
  treeOf(leafHashes).inclusion(index);

/** Whether the proof holds (RFC 9162 §2.1.3.2). Anything malformed is false; nothing throws. */
export function verifyInclusion(claim: InclusionClaim): boolean {
  const { leafHash, index, size, proof, root } = claim ?? {};
  if (typeof index !== "bigint" || typeof size !== "bigint") return false;
  if (!isHash(leafHash) || !isHash(root) || !isHashList(proof)) return false;
  const folded = foldInclusion(leafHash, index, size, proof);
  return folded !== undefined && equal(folded, root);
}
