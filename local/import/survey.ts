import { toBase64 } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { sha256 } from "../../shared/base/sha256.ts";
import {
  dataBytes,
  importedForm,
  mostDataBytes,
  mostDataText,
  mostProofHashes,
} from "../../shared/policy/document.ts";
import type { Block } from "../../shared/qldb/block.ts";
import { provenDigest } from "../../shared/qldb/kept-revision.ts";
import type { SavedDigest } from "../../shared/qldb/saved-digest.ts";
import type { JournalExport } from "../audit/qldb-export.ts";
import { type ExportVerdict, verifyExport } from "../audit/qldb-journal.ts";
import { DigestTree } from "../qldb/digest-tree.ts";
import { Hashes } from "../qldb/hashes.ts";
import { grouped } from "../terminal/amount.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { type BlockRevision, revisionsOf } from "./block-revisions.ts";
import { mostDocuments, Numbering } from "./numbering.ts";

/** Blocks that an import takes: each takes 96 bytes of memory, 64 of them in the tree. */
const mostBlocks = 4_000_000;
/** The longest path in a tree of {@link mostBlocks}. */
const treeHashes = 22;
/** Reasons that are kept; the rest are counted. */
const mostReasons = 1_000;

/** An export that was read once, to its end: what is wrong with it, why it can't be imported, and what an import needs of all of it. */
export interface Survey {
  readonly verdict: ExportVerdict;
  /** The first reasons not to import it beside the verdict's findings, and how many there are. */
  readonly reasons: readonly string[];
  readonly refused: number;
  readonly tree: DigestTree;
  /** SHA-256 of each block's bytes, in their order: what is read again is what was verified. */
  readonly read: Hashes;
  readonly documents: number;
  readonly revisions: number;
}

/** Verifies a whole export, and whether each revision can be recorded with its proof, in memory that grows by blocks and documents, not by what they hold. Throws Unreadable. */
export function surveyExport(
  terminal: Terminal,
  exported: JournalExport,
  saved: readonly SavedDigest[],
): Survey {
  const tree = new DigestTree();
  const read = new Hashes();
  const numbering = new Numbering();
  const found = { reasons: [] as string[], refused: 0, revisions: 0 };
  const refuse = (reason: string): void => {
    found.refused++;
    if (found.reasons.length < mostReasons) found.reasons.push(reason);
  };
  if (exported.files.some(({ json }) => json)) {
    refuse("it is a JSON export, which lost Ion's types: import the Ion export");
  }
  const visit = (block: Block, bytes: Uint8Array): void => {
    if (tree.size < mostBlocks) {
      tree.append(block.blockHash);
      read.push(sha256(bytes));
    } else if (found.refused === 0) refuse(`it has over ${grouped(mostBlocks)} blocks`);
    if (found.refused >= mostReasons) return;
    for (const revision of blockRevisions(block, refuse)) {
      found.revisions++;
      if (numbering.next(revision) === undefined) {
        refuse(`${named(revision)} is no later version than the one before it`);
      }
      const why = whyNot(revision);
      if (why) refuse(`${named(revision)}: ${why}`);
    }
    if (numbering.documents > mostDocuments) refuse(`over ${grouped(mostDocuments)} documents`);
  };
  const verdict = verifyExport(terminal, exported, saved, visit);
  const { first, digest } = verdict.journal;
  if (first !== undefined && first > 0) {
    refuse(`blocks 0 to ${first - 1} are not here, so no revision has a proof`);
  } else if (verdict.journal.faults === 0 && found.refused === 0) {
    const root = toBase64(tree.root(tree.size));
    if (!digest || toBase64(digest) !== root) throw new Error("bug: two digests of one journal");
  }
  return { verdict, ...found, tree, read, documents: numbering.documents };
}

function blockRevisions(block: Block, refuse: (reason: string) => void): BlockRevision[] {
  try {
    return revisionsOf(block);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    refuse(`block ${block.blockAddress.sequenceNo}: ${error.message}`);
    return [];
  }
}

const named = ({ documentId, revision, block }: BlockRevision): string =>
  `version ${revision} of document ${documentId} in block ${block}`;

/** Why a revision can't be recorded: too large, or not the same any more once it is text. */
function whyNot(revision: BlockRevision): string | undefined {
  const { data = "", proof } = revision;
  if (data.length > mostDataText) {
    return `its data has ${grouped(data.length)} characters as Ion text, and a record holds ${grouped(mostDataText)}`;
  }
  const bytes = dataBytes(data);
  if (bytes > mostDataBytes) {
    return `its data has ${grouped(bytes)} bytes as Ion text in JSON, and a record holds ${grouped(mostDataBytes)}`;
  }
  if (proof.length > mostProofHashes - treeHashes) return "its proof is too long";
  const whole = { ...revision, digest: revision.hash, subject: "0".repeat(32), now: 0n };
  const written = importedForm.schema.safeEncode(whole);
  if (!written.success) return `it can't be recorded (${written.error.issues[0]?.path.join(".")})`;
  try {
    provenDigest({ ...revision, proof: [] });
    return undefined;
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return error.message;
  }
}
