import { equal } from "../base/bytes.ts";
import { hashBytes } from "./dot.ts";
import {
  type FoldedJournal,
  foldBlock,
  type JournalDigest,
  journalOf,
  keptHashes,
} from "./folded-journal.ts";
import { frontierRoot } from "./frontier.ts";

/** A digest, and what whoever signed it keeps to go on from: {@link keptHashes}. Size 0 and [] before the first block, whatever the root. */
export interface JournalState extends JournalDigest {
  readonly frontier: readonly Uint8Array[];
}

/** Most blocks that one extension shows: 32 KiB of hashes. A journal that grew by more is followed in steps. */
export const mostBlocksShown = 1_024;

/**
 * The state at `to`, if `to` is the journal of `from` and these further blocks, each linked to the one before; undefined if not. A block is shown by its
 * entriesHash alone: its hash is made from the tip that `from` holds, and joined to the tree that `from` holds.
 *
 * A root would not do in the place of that state. QLDB's `dot` sorts what it joins, so that a root says neither which of two hashes came first nor
 * which of them is the tip: a proof of the old tip could be turned round, and blocks shown that never followed it.
 */
export function extendJournal(
  from: JournalState,
  to: JournalDigest,
  entriesHashes: readonly Uint8Array[],
): JournalState | undefined {
  const shown = BigInt(entriesHashes.length);
  if (shown > BigInt(mostBlocksShown) || shown !== to.size - from.size) return undefined;
  if (entriesHashes.some((hash) => hash.length !== hashBytes)) return undefined;
  const held = journalOf(from, from.frontier);
  if (held === undefined) return undefined;
  const grown: FoldedJournal = entriesHashes.reduce(foldBlock, held);
  if (!equal(frontierRoot(grown.tree), to.root)) return undefined;
  return { size: to.size, root: to.root, frontier: keptHashes(grown) };
}
