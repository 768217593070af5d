import { equal } from "../base/bytes.ts";
import { type Block, blockHash } from "./block.ts";
import { hashBytes, requireHash } from "./dot.ts";
import { append, emptyFrontier, type Frontier, frontierLength, frontierRoot } from "./frontier.ts";

/** A journal's digest: how many blocks it covers (tip + 1) and the root of their hashes. */
export interface JournalDigest {
  readonly size: bigint;
  readonly root: Uint8Array;
}

/** A journal folded block by block: the tree over its block hashes, and the last of them, which the next block names. */
export interface FoldedJournal {
  readonly tree: Frontier;
  /** Hash of the last block; empty before the first. */
  readonly tip: Uint8Array;
}

export const emptyJournal: FoldedJournal = { tree: emptyFrontier, tip: new Uint8Array(0) };

/**
 * `journal` and one block more, of these entries. Its hash is made here, over the tip that `journal` holds: a block linked to any other leads to
 * another root than the service's. Throws Malformed unless the hash has 32 bytes.
 */
export function foldBlock({ tree, tip }: FoldedJournal, entriesHash: Uint8Array): FoldedJournal {
  requireHash(entriesHash, "entries hash");
  const hash = blockHash(entriesHash, tip);
  return { tree: append(tree, hash), tip: hash };
}

/** `journal` and `block`, by its entries; undefined unless it names the block before and has the hash that follows from both. */
export function nextBlock(
  journal: FoldedJournal,
  block: Pick<Block, "entriesHash" | "previousBlockHash" | "blockHash">,
): FoldedJournal | undefined {
  if (!equal(block.previousBlockHash, journal.tip)) return undefined;
  const next = foldBlock(journal, block.entriesHash);
  return equal(next.tip, block.blockHash) ? next : undefined;
}

/** What is kept of a journal to go on from: the roots of its tree's complete subtrees, largest first, then the tip. [] for no block. */
export const keptHashes = ({ tree, tip }: FoldedJournal): readonly Uint8Array[] =>
  tree.size === 0 ? [] : [...tree.roots, tip];

/** The journal whose {@link keptHashes} at this digest are `kept`; undefined for any that don't lead to the digest. Throws nothing. */
export function journalOf(
  { size, root }: JournalDigest,
  kept: readonly Uint8Array[],
): FoldedJournal | undefined {
  if (size === 0n) return kept.length === 0 ? emptyJournal : undefined;
  if (size < 0n || size > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  const [roots, tip] = [kept.slice(0, -1), kept.at(-1)];
  if (tip === undefined || roots.length !== frontierLength(Number(size))) return undefined;
  if (kept.some((hash) => hash.length !== hashBytes)) return undefined;
  const isLeaf = size % 2n === 1n;
  if (isLeaf && !equal(roots.at(-1) ?? tip, tip)) return undefined;
  const tree = { size: Number(size), roots };
  return equal(frontierRoot(tree), root) ? { tree, tip } : undefined;
}
