import { concat } from "../../shared/base/bytes.ts";
import { least } from "../../shared/base/least.ts";
import { assert } from "../../shared/base/malformed.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { blockKey } from "../publisher/published-journal.ts";
import { copyPublished, type WriteFile } from "./export-log.ts";

const blocksPerFile = 256n;

/** The file of a bundle that holds these blocks of a ledger's journal, one a line. */
export const journalFile = (ledger: string, first: bigint, last: bigint): string =>
  `${ledger}/public/journal/${first.toString().padStart(9, "0")}-${last.toString().padStart(9, "0")}.ion`;

/**
 * Writes a QLDB ledger's part of an audit bundle, up to its newest signed digest: every note, and all blocks that they cover as they are published.
 * Gives the number of blocks; 0 where nothing is signed yet. Throws Unavailable.
 */
export async function exportJournal(
  published: ObjectStore,
  ledger: string,
  write: WriteFile,
): Promise<bigint> {
  const size = await copyPublished(published, ledger, write, undefined);
  for (let first = 0n; first < size; first += blocksPerFile) {
    const end = least(size, first + blocksPerFile);
    const blocks: Uint8Array[] = [];
    for (let at = first; at < end; at++) {
      const block = await published.get(blockKey(ledger, at));
      assert(block !== undefined, `block ${at} of a signed digest is published`);
      blocks.push(block.bytes);
    }
    await write(journalFile(ledger, first, end - 1n), concat(...blocks));
  }
  return size;
}
