import { concat } from "../base/bytes.ts";
import { assert, Malformed } from "../base/malformed.ts";
import { emptyRoot, hashBytes, isHash, nodeHash } from "./hash.ts";

/** What appending needs of a tree: the roots of its complete subtrees, largest first, one per 1-bit of `size`. */
export interface Frontier {
  readonly size: bigint;
  readonly hashes: readonly Uint8Array[];
}

/** The frontier of the tree without leaves. */
export const emptyFrontier: Frontier = { size: 0n, hashes: [] };

/** The frontier after one more 32-byte leaf hash; `frontier` itself stays as it is. */
export function append(frontier: Frontier, leafHash: Uint8Array): Frontier {
  assert(isHash(leafHash), "a leaf hash has 32 bytes");
  const hashes = frontier.hashes.slice();
  let last = leafHash;
  for (let rest = frontier.size; rest & 1n; rest >>= 1n) {
    const left = hashes.pop();
    assert(left !== undefined, "a frontier has one hash per 1-bit of its size");
    last = nodeHash(left, last);
  }
  hashes.push(last);
  return { size: frontier.size + 1n, hashes };
}

/** The RFC 6962 root of the whole tree: the subtrees joined from the smallest up. */
export function rootOf(frontier: Frontier): Uint8Array {
  return (
    frontier.hashes.reduceRight(
      (right: Uint8Array | undefined, left) => (right ? nodeHash(left, right) : left),
      undefined,
    ) ?? emptyRoot
  );
}

/** The hashes one after another, 32 bytes each, largest subtree first. */
export const formatFrontier = (frontier: Frontier): Uint8Array => concat(...frontier.hashes);

/** Reads what {@link formatFrontier} wrote for a tree of `size`; another length is Malformed. */
export function parseFrontier(size: bigint, bytes: Uint8Array): Frontier {
  if (size < 0n) throw new Malformed("frontier", "has a negative size");
  let count = 0;
  for (let rest = size; rest > 0n; rest >>= 1n) count += Number(rest & 1n);
  if (bytes.length !== count * hashBytes) {
    throw new Malformed("frontier", "does not hold one hash per 1-bit of its size");
  }
  const hashes = Array.from({ length: count }, (_, i) =>
    bytes.slice(i * hashBytes, (i + 1) * hashBytes),
  );
  return { size, hashes };
}
