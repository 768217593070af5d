import { dot } from "./dot.ts";

/** A growing tree of {@link merkleRoot}'s shape, kept as the roots of its complete subtrees, largest first. */
export interface Frontier {
  readonly size: number;
  readonly roots: readonly Uint8Array[];
}

export const emptyFrontier: Frontier = { size: 0, roots: [] };

/** `frontier` with one more leaf. */
export function append(frontier: Frontier, leaf: Uint8Array): Frontier {
  const roots = frontier.roots.slice();
  let root = leaf;
  for (let rest = frontier.size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
    root = dot(roots.pop() ?? root, root);
  }
  return { size: frontier.size + 1, roots: [...roots, root] };
}

/** Root of the whole tree, equal to merkleRoot over all its leaves. Empty for no leaves. */
export const frontierRoot = (frontier: Frontier): Uint8Array =>
  frontier.roots.reduceRight((right, root) => dot(root, right), new Uint8Array(0));

/** How many subtree roots a tree of `size` leaves keeps. */
export function frontierLength(size: number): number {
  let count = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) count += rest % 2;
  return count;
}
