import { publishedKey } from "../../shared/api/log-path.ts";
import { equal, fromUtf8 } from "../../shared/base/bytes.ts";
import { unlessMalformed } from "../../shared/base/malformed.ts";
import type { LedgerDigest } from "../../shared/ports/ledger.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { parseBlock } from "../../shared/qldb/block.ts";
import { emptyJournal, type FoldedJournal, nextBlock } from "../../shared/qldb/folded-journal.ts";
import { frontierRoot } from "../../shared/qldb/frontier.ts";
import { alarmOf, type LogAlarm } from "./alarm.ts";

/** Where a block of the published journal lies: its Ion text, as the service gave it, and a newline. */
export const blockKey = (ledger: string, sequenceNo: bigint): string =>
  publishedKey(ledger, `journal/${sequenceNo}.ion`);

/** What is published of a journal, folded; `known` remembers, by ledger, the newest that was. */
export interface PublishedJournal {
  readonly published: Pick<ObjectStore, "get">;
  readonly known?: Map<string, FoldedJournal>;
}

/** Blocks that are read at the same time. */
export const blocksAtOnce = 16;

/**
 * The first `digest.size` published blocks, folded: what the next block is checked against. They are read once and remembered, and never taken from the
 * ledger, whose proof of a tip says neither where it stands nor what came before it. An alarm unless they lead to the digest. Throws Unavailable.
 */
export async function publishedJournal(
  { published, known }: PublishedJournal,
  ledger: string,
  { size, root }: LedgerDigest,
): Promise<FoldedJournal | LogAlarm> {
  const before = known?.get(ledger) ?? emptyJournal;
  let journal = BigInt(before.tree.size) <= size ? before : emptyJournal;
  for (let at = BigInt(journal.tree.size); at < size; at += BigInt(blocksAtOnce)) {
    const count = Math.min(blocksAtOnce, Number(size - at));
    const texts = await Promise.all(
      Array.from({ length: count }, (_, i) => published.get(blockKey(ledger, at + BigInt(i)))),
    );
    for (const text of texts) {
      const next = text && afterBlock(journal, text.bytes);
      if (!next) return broken(`published block ${journal.tree.size} is missing or another`);
      journal = next;
    }
  }
  if (!equal(frontierRoot(journal.tree), root)) {
    return broken(`the published blocks don't lead to the digest of ${size}`);
  }
  known?.set(ledger, journal);
  return journal;
}

/** `journal` and the block that `text` is; undefined unless it is the next one. */
function afterBlock(journal: FoldedJournal, text: Uint8Array): FoldedJournal | undefined {
  const block = unlessMalformed(() => parseBlock(fromUtf8(text)));
  return block && nextBlock(journal, block);
}

const broken = (detail: string): LogAlarm => alarmOf("root-mismatch", detail);
