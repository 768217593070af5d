/**
 * Amazon QLDB's hashes, and what was kept of it, verified offline. A digest authenticates each revision's data and metadata, each transaction's statements
 * and tables, redactions, and the order of blocks. It does not authenticate a block's address, time or transaction id by itself, a revision's address, or
 * a proof's position (sorted pairs, no prefixes: membership only); QLDB never signed it, so it is worth what the place it was kept in is worth.
 */
export { Malformed } from "../base/malformed.ts";
export { type Block, type BlockFault, blockHash, parseBlock, verifyBlock } from "./block.ts";
export { dot } from "./dot.ts";
export {
  completedManifestName,
  dataObjectName,
  type OutputFormat,
  outputFormats,
  startedManifestName,
} from "./export-names.ts";
export { type ExportObject, type ExportRequest, exportObjects } from "./export-objects.ts";
export { extendJournal, type JournalState, mostBlocksShown } from "./extension.ts";
export {
  emptyJournal,
  type FoldedJournal,
  foldBlock,
  type JournalDigest,
  journalOf,
  keptHashes,
  nextBlock,
} from "./folded-journal.ts";
export { append, emptyFrontier, type Frontier, frontierRoot } from "./frontier.ts";
export { type IonValue, readIon } from "./ion.ts";
export { ionHash } from "./ion-hash.ts";
export { type IonPiece, ionLimits, MalformedAt } from "./ion-limits.ts";
export {
  JournalCheck,
  type JournalCounts,
  type JournalFault,
  type JournalFinding,
  type JournalVerdict,
  verifyJournal,
} from "./journal.ts";
export { foldPath, merklePath, merkleRoot } from "./merkle.ts";
export { formatProof, parseProof, verifyBlockProof, verifyRevisionProof } from "./proof.ts";
export {
  type BlockAddress,
  formatBlockAddress,
  parseBlockAddress,
  parseRevision,
  type Revision,
  type RevisionContent,
  revisionHash,
  verifyRevision,
} from "./revision.ts";
export { parseSavedDigest, type SavedDigest } from "./saved-digest.ts";
export { parseSavedReceipt, type SavedReceipt } from "./saved-receipt.ts";
export { splitIon } from "./split.ts";
export { commitDigest, type Statement, statementDigest } from "./transaction.ts";
