import { equal, toBase64 } from "../base/bytes.ts";
import { type Block, type BlockFault, verifyBlock } from "./block.ts";
import { append, emptyFrontier, type Frontier, frontierRoot } from "./frontier.ts";
import type { SavedDigest } from "./saved-digest.ts";

/** What can be wrong with a journal: a block's own faults, and how blocks hang together. */
export type JournalFault =
  | BlockFault
  | "gap"
  | "out-of-order"
  | "other-strand"
  | "chain"
  | "digest"
  | "digest-not-covered";

/** One fault, at the block it shows in. */
export interface JournalFinding {
  readonly fault: JournalFault;
  readonly sequenceNo: number;
  readonly detail: string;
}

/** What a verified journal consists of. */
export interface JournalCounts {
  blocks: number;
  revisions: number;
  /** Revisions that lost their data; what is left proves. */
  redacted: number;
  /** Of which there is a hash and nothing else: the service's own, or cut down to it in a block that lists no documents. */
  hashOnly: number;
  /** With metadata, without data: they end a document, or the data were cut out. */
  deletions: number;
  /** Of those, the ones whose hash isn't that of their metadata, which is then unproven: nobody published how the service made it. */
  unprovenDeletions: number;
  /** The service's own, or cut out: nobody can tell which documents these blocks wrote. */
  withoutTransactionInfo: number;
  /** Entries of blocks that nobody outside the service can recompute. */
  opaqueEntries: number;
}

/** What a journal came to. `first` and `last` are sequence numbers, undefined where it has no block. */
export interface JournalVerdict {
  readonly strandId: string | undefined;
  readonly first: number | undefined;
  readonly last: number | undefined;
  readonly counts: Readonly<JournalCounts>;
  readonly findings: readonly JournalFinding[];
  /** How many findings there are; `findings` has the first of them. */
  readonly faults: number;
  /** The digest at the last block; undefined where blocks before it are missing. */
  readonly digest: Uint8Array | undefined;
  /** The highest tip whose saved digest was recomputed: all blocks up to it are those the service had then. */
  readonly anchoredTo: number | undefined;
}

/** Findings that are kept; the rest are counted. */
const mostFindings = 1_000;

/**
 * A journal verified block by block, in memory that doesn't grow. The hash chain shows that no block was changed, taken out or moved between two others.
 * Only a digest kept elsewhere shows that the chain is the one the service had, and that none is missing at its end: anyone can make another chain.
 */
export class JournalCheck {
  readonly #saved: readonly SavedDigest[];
  readonly #recomputed = new Set<SavedDigest>();
  readonly #findings: JournalFinding[] = [];
  readonly counts: JournalCounts = {
    blocks: 0,
    revisions: 0,
    redacted: 0,
    hashOnly: 0,
    deletions: 0,
    unprovenDeletions: 0,
    withoutTransactionInfo: 0,
    opaqueEntries: 0,
  };
  #faults = 0;
  #anchoredTo: number | undefined;
  #strandId: string | undefined;
  #first: number | undefined;
  #last: { readonly sequenceNo: number; readonly hash: Uint8Array } | undefined;
  /** All blocks from 0 on; undefined once one is missing. */
  #frontier: Frontier | undefined = emptyFrontier;

  /** `saved` are digests kept from before, in any order. */
  constructor(saved: readonly SavedDigest[] = []) {
    this.#saved = saved;
  }

  /** Takes the next block. `faults` are its own, where they were found already. */
  add(block: Block, faults: readonly BlockFault[] = verifyBlock(block)): void {
    const { strandId, sequenceNo } = block.blockAddress;
    this.#count(block);
    for (const fault of faults) this.#find(fault, sequenceNo, "does not add up");
    this.#strandId ??= strandId;
    this.#first ??= sequenceNo;
    if (strandId !== this.#strandId) {
      this.#find("other-strand", sequenceNo, `is of strand ${strandId}`);
      return;
    }
    const expected = (this.#last?.sequenceNo ?? sequenceNo - 1) + 1;
    if (sequenceNo < expected) {
      this.#find("out-of-order", sequenceNo, `stands where block ${expected} belongs`);
      this.#frontier = undefined;
      return;
    }
    if (sequenceNo > expected) {
      const missing =
        sequenceNo - 1 > expected ? `${expected} to ${sequenceNo - 1}` : `${expected}`;
      this.#find("gap", sequenceNo, `comes after a gap: missing ${missing}`);
    } else if (this.#last && !equal(this.#last.hash, block.previousBlockHash)) {
      this.#find("chain", sequenceNo, "does not name the hash of the block before");
    }
    this.#last = { sequenceNo, hash: block.blockHash };
    this.#extend(block);
  }

  /** The verdict, once all blocks were added. */
  end(): JournalVerdict {
    for (const saved of this.#saved) {
      if (this.#recomputed.has(saved)) continue;
      this.#find("digest-not-covered", saved.tip.sequenceNo, this.#whyNot(saved));
    }
    return {
      strandId: this.#strandId,
      first: this.#first,
      last: this.#last?.sequenceNo,
      counts: this.counts,
      findings: this.#findings,
      faults: this.#faults,
      digest: this.#frontier && this.#frontier.size > 0 ? frontierRoot(this.#frontier) : undefined,
      anchoredTo: this.#anchoredTo,
    };
  }

  #extend({ blockAddress: { strandId, sequenceNo }, blockHash }: Block): void {
    const frontier = this.#frontier;
    this.#frontier = frontier?.size === sequenceNo ? append(frontier, blockHash) : undefined;
    if (!this.#frontier) return;
    for (const saved of this.#saved) {
      if (saved.tip.sequenceNo !== sequenceNo || saved.tip.strandId !== strandId) continue;
      this.#recomputed.add(saved);
      const root = frontierRoot(this.#frontier);
      if (equal(root, saved.digest)) this.#anchoredTo = sequenceNo;
      else
        this.#find(
          "digest",
          sequenceNo,
          `the digest there is ${toBase64(root)}, not the saved one`,
        );
    }
  }

  #whyNot({ tip }: SavedDigest): string {
    if (this.#strandId !== undefined && tip.strandId !== this.#strandId) {
      return `the saved digest is of strand ${tip.strandId}`;
    }
    if (this.#first !== undefined && this.#first > 0) {
      return `the saved digest can't be recomputed without blocks 0 to ${this.#first - 1}`;
    }
    if ((this.#last?.sequenceNo ?? -1) < tip.sequenceNo) {
      return `the saved digest covers blocks up to ${tip.sequenceNo}, and the last one here is ${this.#last?.sequenceNo ?? "none"}`;
    }
    return "the saved digest can't be recomputed: blocks before its tip are missing or out of order";
  }

  #count(block: Block): void {
    const { counts } = this;
    counts.blocks++;
    const known =
      (block.revisions.length > 0 ? 1 : 0) +
      (block.transactionInfo === undefined ? 0 : 1) +
      (block.redactionInfo === undefined ? 0 : 1);
    counts.opaqueEntries += Math.max(0, block.entriesHashList.length - known);
    if (block.transactionInfo === undefined) counts.withoutTransactionInfo++;
    for (const revision of block.revisions) {
      counts.revisions++;
      if (!("metadata" in revision)) counts.hashOnly++;
      else if ("dataHash" in revision.content) counts.redacted++;
      else if ("deleted" in revision.content) {
        counts.deletions++;
        if (!revision.content.deleted.proven) counts.unprovenDeletions++;
      }
    }
  }

  #find(fault: JournalFault, sequenceNo: number, detail: string): void {
    this.#faults++;
    if (this.#findings.length < mostFindings) this.#findings.push({ fault, sequenceNo, detail });
  }
}

/** {@link JournalCheck} over all `blocks` at once. */
export function verifyJournal(
  blocks: Iterable<Block>,
  saved: readonly SavedDigest[] = [],
): JournalVerdict {
  const check = new JournalCheck(saved);
  for (const block of blocks) check.add(block);
  return check.end();
}
