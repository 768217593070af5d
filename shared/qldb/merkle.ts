import { dot, requireHash } from "./dot.ts";

const empty = new Uint8Array(0);

/**
 * Root of QLDB's tree over `leaves`: neighbours are joined with {@link dot}, an odd last one is promoted unchanged.
 * The shape is RFC 6962's; the hashing is not (no prefixes, sorted children). Empty for no leaves.
 */
export function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array {
  let level = leaves;
  while (level.length > 1) level = pairUp(level);
  return level[0] ?? empty;
}

/** Siblings of leaf `index`, leaf to root: what {@link foldPath} joins to {@link merkleRoot}. */
export function merklePath(leaves: readonly Uint8Array[], index: number): Uint8Array[] {
  const path: Uint8Array[] = [];
  let at = index;
  for (let level = leaves; level.length > 1; level = pairUp(level)) {
    const sibling = level[at ^ 1];
    if (sibling !== undefined) path.push(sibling);
    at >>= 1;
  }
  return path;
}

/** Joins `leaf` with each hash of `path` in turn. Throws Malformed unless every one has 32 bytes. */
export function foldPath(leaf: Uint8Array, path: readonly Uint8Array[]): Uint8Array {
  requireHash(leaf, "leaf");
  return path.reduce((folded, sibling, i) => {
    requireHash(sibling, `path hash ${i}`);
    return dot(folded, sibling);
  }, leaf);
}

function pairUp(level: readonly Uint8Array[]): Uint8Array[] {
  const next: Uint8Array[] = [];
  for (let i = 0; i < level.length; i += 2)
    next.push(dot(level[i] ?? empty, level[i + 1] ?? empty));
  return next;
}
