import type { Evidence, LedgerDigest, LedgerState } from "../../../shared/ports/ledger.ts";
import { verifyConsistency } from "../../../shared/proof/consistency.ts";

/**
 * The state at `to`, if the consistency proof shows that its tree begins with that of `from`; nothing is shown from the empty tree. An RFC 9162 proof
 * starts from a root, which binds every leaf and its place: no frontier is kept.
 */
export function extendTree(
  from: LedgerDigest,
  to: LedgerDigest,
  proof: Evidence,
): LedgerState | undefined {
  const [size1, size2, root1, root2] = [from.size, to.size, from.root, to.root];
  const extended =
    size1 === 0n
      ? size2 > 0n && proof.length === 0
      : verifyConsistency({ size1, size2, root1, root2, proof });
  return extended ? { size: size2, root: root2, frontier: [] } : undefined;
}
