import { createHash } from "node:crypto";

const hash = (...parts: Uint8Array[]): Uint8Array => {
  const sha = createHash("sha256");
  for (const part of parts) sha.update(part);
  return sha.digest();
};

/** RFC 6962 §2.1 as its definition reads, over leaf hashes: slow, and independent of the code it judges. */
export function naiveRoot(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return hash();
  if (leaves.length === 1) return leaves[0]!;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return hash(Uint8Array.of(1), naiveRoot(leaves.slice(0, split)), naiveRoot(leaves.slice(split)));
}

/** RFC 6962 §2.1.1, PATH(m, D[n]). */
export function naivePath(m: number, leaves: readonly Uint8Array[]): Uint8Array[] {
  if (leaves.length === 1) return [];
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return m < split
    ? [...naivePath(m, left), naiveRoot(right)]
    : [...naivePath(m - split, right), naiveRoot(left)];
}

/** RFC 6962 §2.1.2, SUBPROOF(m, D[n], b). */
export function naiveSubproof(
  m: number,
  leaves: readonly Uint8Array[],
  whole = true,
): Uint8Array[] {
  if (m === leaves.length) return whole ? [] : [naiveRoot(leaves)];
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return m <= split
    ? [...naiveSubproof(m, left, whole), naiveRoot(right)]
    : [...naiveSubproof(m - split, right, false), naiveRoot(left)];
}

/** `count` different leaf hashes, always the same. */
export const someLeaves = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, i) => hash(Uint8Array.of(0), Buffer.from(`entry ${i}`)));
