import type { Block } from "../qldb/block.ts";
import type { LedgerDigest } from "./ledger.ts";

/** A block as the service gives it, as it reads, and its proof in a digest, [] where none was asked for. */
export interface ProvenBlock {
  readonly text: string;
  readonly block: Block;
  readonly proof: readonly Uint8Array[];
}

/** A QLDB ledger's journal, which all its logs are in. Throws Unavailable. */
export interface LedgerJournal {
  /** The digest now: how many blocks (tip + 1) and the root of their hashes. */
  digest(): Promise<LedgerDigest>;
  /** The block at `position`, whole by its own hashes, and its proof in the digest of `size` blocks where that is given. */
  block(position: bigint, size?: bigint): Promise<ProvenBlock>;
}
