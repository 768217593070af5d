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

/** What is known of a journal before its first block is read. */
export interface JournalStart {
  /** Digests kept from before, in any order. */
  readonly saved?: readonly SavedDigest[];
  /** Undefined: that of its first block. */
  readonly strandId?: string | undefined;
  /** Whether it must begin at block 0, with a block that names none before; else it may be a part. */
  readonly fromFirst?: boolean;
}

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
  /** The number and hash of the block before the next one; undefined where any block may come. */
  #last: { readonly sequenceNo: number; readonly hash: Uint8Array } | undefined;
  /** All blocks from 0 on; undefined once one is missing. */
  #frontier: Frontier | undefined = emptyFrontier;

  constructor({ saved = [], strandId, fromFirst = false }: JournalStart = {}) {
    this.#saved = saved;
    this.#strandId = strandId;
    if (fromFirst) this.#last = { sequenceNo: -1, hash: new Uint8Array(0) };
  }

  /** The digest at the last block; undefined without one, and where blocks before it are missing. */
  get digest(): Uint8Array | undefined {
    return this.#frontier && this.#frontier.size > 0 ? frontierRoot(this.#frontier) : undefined;
  }

  /** Takes the next block and gives what is wrong with it and its place. `faults` are its own, where they were found already. */
  add(block: Block, faults: readonly BlockFault[] = verifyBlock(block)): readonly JournalFinding[] {
    this.#count(block);
    const { strandId, sequenceNo } = block.blockAddress;
    this.#strandId ??= strandId;
    this.#first ??= sequenceNo;
    const found: JournalFinding[] = faults.map((fault) => ({
      fault,
      sequenceNo,
      detail: "does not add up",
    }));
    const { findings, place } = this.#placed(block);
    found.push(...findings);
    if (place !== undefined) {
      this.#last = { sequenceNo: place, hash: block.blockHash };
      found.push(...this.#extend(block, place));
    }
    for (const each of found) this.#find(each);
    return found;
  }
  /** The verdict, once all blocks were added. */
  end(): JournalVerdict {
    for (const saved of this.#saved) {
      if (this.#recomputed.has(saved)) continue;
      const { sequenceNo } = saved.tip;
      this.#find({ fault: "digest-not-covered", sequenceNo, detail: this.#whyNot(saved) });
    }
    return {
      strandId: this.#strandId,
      first: this.#first,
      last: this.#lastRead,
      counts: this.counts,
      findings: this.#findings,
      faults: this.#faults,
      digest: this.digest,
      anchoredTo: this.#anchoredTo,
    };
  }

  get #lastRead(): number | undefined {
    return this.#first === undefined ? undefined : this.#last?.sequenceNo;
  }

  /** Where a block stands, undefined where it is none of those to come. The hash it names says more than its own number and strand, which no hash covers. */
  #placed({ blockAddress: { strandId, sequenceNo }, previousBlockHash }: Block): Placed {
    const before = this.#last;
    const expected = before ? before.sequenceNo + 1 : sequenceNo;
    const follows = before !== undefined && equal(before.hash, previousBlockHash);
    const wrong = (fault: JournalFault, detail: string, place?: number): Placed => ({
      findings: [{ fault, sequenceNo, detail }],
      place: follows ? expected : place,
    });
    if (strandId !== this.#strandId) return wrong("other-strand", `is of strand ${strandId}`);
    if (sequenceNo === expected) {
      if (follows || before === undefined) return { findings: [], place: expected };
      return wrong("chain", "does not name the hash of the block before", expected);
    }
    if (follows) return wrong("out-of-order", `follows block ${expected - 1} by its hash`);
    if (sequenceNo < expected) {
      this.#frontier = undefined;
      return wrong("out-of-order", `stands where block ${expected} belongs`);
    }
    const last = sequenceNo - 1;
    const missing = last > expected ? `${expected} to ${last}` : `${expected}`;
    return wrong("gap", `comes after a gap: missing ${missing}`, sequenceNo);
  }

  #extend({ blockHash }: Block, sequenceNo: number): JournalFinding[] {
    const frontier = this.#frontier;
    this.#frontier = frontier?.size === sequenceNo ? append(frontier, blockHash) : undefined;
    if (!this.#frontier) return [];
    const found: JournalFinding[] = [];
    for (const saved of this.#saved) {
      if (saved.tip.sequenceNo !== sequenceNo || saved.tip.strandId !== this.#strandId) continue;
      this.#recomputed.add(saved);
      const root = frontierRoot(this.#frontier);
      const detail = `the digest there is ${toBase64(root)}, not the saved one`;
      if (equal(root, saved.digest)) this.#anchoredTo = sequenceNo;
      else found.push({ fault: "digest", sequenceNo, detail });
    }
    return found;
  }

  #whyNot({ tip }: SavedDigest): string {
    if (this.#strandId !== undefined && tip.strandId !== this.#strandId) {
      return `the saved digest is of strand ${tip.strandId}`;
    }
    if (this.#first !== undefined && this.#first > 0) {
      return `the saved digest can't be recomputed without blocks 0 to ${this.#first - 1}`;
    }
    if ((this.#lastRead ?? -1) < tip.sequenceNo) {
      return `the saved digest covers blocks up to ${tip.sequenceNo}, and the last one here is ${this.#lastRead ?? "none"}`;
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

  #find(finding: JournalFinding): void {
    this.#faults++;
    if (this.#findings.length < mostFindings) this.#findings.push(finding);
  }
}

interface Placed {
  readonly findings: readonly JournalFinding[];
  readonly place: number | undefined;
}

/** {@link JournalCheck} over all `blocks` at once. */
export function verifyJournal(
  blocks: Iterable<Block>,
  saved: readonly SavedDigest[] = [],
): JournalVerdict {
  const check = new JournalCheck({ saved });
  for (const block of blocks) check.add(block);
  return check.end();
}
