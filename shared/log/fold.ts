import { nodeHash } from "./hash.ts";

/**
 * The root that a leaf and its inclusion proof lead to (RFC 9162 §2.1.3.2), or undefined when the proof has
 * another length than this index and size demand. Hashes are 32 bytes each.
 */
export function foldInclusion(
  leafHash: Uint8Array,
  index: bigint,
  size: bigint,
  proof: readonly Uint8Array[],
): Uint8Array | undefined {
  if (index < 0n || index >= size) return undefined;
  let [fn, sn, root] = [index, size - 1n, leafHash];
  for (const hash of proof) {
    if (sn === 0n) return undefined;
    if (fn & 1n || fn === sn) {
      root = nodeHash(hash, root);
      while (!(fn & 1n) && fn !== 0n) [fn, sn] = [fn >> 1n, sn >> 1n];
    } else {
      root = nodeHash(root, hash);
    }
    [fn, sn] = [fn >> 1n, sn >> 1n];
  }
  return sn === 0n ? root : undefined;
}

/**
 * The two roots that a consistency proof leads to (RFC 9162 §2.1.4.2), or undefined when it has another length
 * than these sizes demand. `root1` seeds the fold when size1 is a power of two; compare both answers with what
 * is trusted.
 */
export function foldConsistency(
  size1: bigint,
  size2: bigint,
  proof: readonly Uint8Array[],
  root1: Uint8Array,
): { root1: Uint8Array; root2: Uint8Array } | undefined {
  if (size1 <= 0n || size1 > size2) return undefined;
  if (size1 === size2) return proof.length === 0 ? { root1, root2: root1 } : undefined;
  const path = (size1 & (size1 - 1n)) === 0n ? [root1, ...proof] : proof;
  const [seed, ...rest] = path;
  if (seed === undefined || proof.length === 0) return undefined;
  let [fn, sn] = [size1 - 1n, size2 - 1n];
  while (fn & 1n) [fn, sn] = [fn >> 1n, sn >> 1n];
  let [first, second] = [seed, seed];
  for (const hash of rest) {
    if (sn === 0n) return undefined;
    if (fn & 1n || fn === sn) {
      first = nodeHash(hash, first);
      second = nodeHash(hash, second);
      while (!(fn & 1n) && fn !== 0n) [fn, sn] = [fn >> 1n, sn >> 1n];
    } else {
      second = nodeHash(second, hash);
    }
    [fn, sn] = [fn >> 1n, sn >> 1n];
  }
  return sn === 0n ? { root1: first, root2: second } : undefined;
}
