import { publishedKey } from "../../shared/api/log-path.ts";
import { equal, utf8 } from "../../shared/base/bytes.ts";
import { least } from "../../shared/base/least.ts";
import { parseCheckpoint } from "../../shared/log/checkpoint.ts";
import { parseNote } from "../../shared/log/note.ts";
import type { LedgerJournal, ProvenBlock } from "../../shared/ports/journal.ts";
import type { LedgerDigest } from "../../shared/ports/ledger.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { emptyJournal, type FoldedJournal, nextBlock } from "../../shared/qldb/folded-journal.ts";
import { frontierRoot } from "../../shared/qldb/frontier.ts";
import { alarmOf, type LogAlarm } from "./alarm.ts";
import { type ShowingPorts, showCheckpoint, shownCheckpoint } from "./checkpoint.ts";
import { blockKey, blocksAtOnce, publishedJournal } from "./published-journal.ts";
import { putAllOnce, putOnce } from "./put-once.ts";

/** What publishing a journal takes. */
export interface JournalPublishing extends ShowingPorts {
  readonly ledger: string;
  readonly journal: LedgerJournal;
  /** The published journal of each ledger as it was last read or added to: it is not read again. */
  readonly known?: Map<string, FoldedJournal>;
}

/**
 * Publishes what the signed digest `note` covers and the folder lacks: each block, linked to the one before; then, once they lead to the digest,
 * `checkpoints/<size>` and `checkpoint`. Doing it again, or going on after a crash, writes the same bytes. Throws Unavailable.
 */
export async function publishJournal(
  ports: JournalPublishing,
  note: Uint8Array,
): Promise<{ readonly size: bigint } | LogAlarm> {
  const { ledger, published } = ports;
  const head = parseCheckpoint(parseNote(note).text);
  const shown = await shownCheckpoint(ports, ledger);
  if (shown !== undefined && "alarm" in shown) return shown;
  if (shown === undefined || shown.checkpoint.size < head.size) {
    const broken = await publishBlocks(ports, shown?.checkpoint, head);
    if (broken !== undefined) return broken;
  }
  const key = publishedKey(ledger, `checkpoints/${head.size}`);
  const alarm =
    (await putOnce(published, key, note)) ??
    (await showCheckpoint(ports, ledger, { note, size: head.size }, shown));
  return alarm ?? { size: head.size };
}

async function publishBlocks(
  ports: JournalPublishing,
  from: LedgerDigest | undefined,
  head: LedgerDigest,
): Promise<LogAlarm | undefined> {
  const { journal, ledger, published } = ports;
  const before = from ? await publishedJournal(ports, ledger, from) : emptyJournal;
  if ("alarm" in before) return before;
  let folded = before;
  for (let at = from?.size ?? 0n; at < head.size; at += BigInt(blocksAtOnce)) {
    const blocks = await blocksBetween(journal, at, least(head.size, at + BigInt(blocksAtOnce)));
    for (const { block } of blocks) {
      const next = nextBlock(folded, block);
      if (next === undefined) return broken(head);
      folded = next;
    }
    const alarm = await putBlocks(published, ledger, at, blocks);
    if (alarm !== undefined) return alarm;
  }
  if (!equal(frontierRoot(folded.tree), head.root)) return broken(head);
  ports.known?.set(ledger, folded);
  return undefined;
}

const blocksBetween = (journal: LedgerJournal, from: bigint, to: bigint): Promise<ProvenBlock[]> =>
  Promise.all(Array.from({ length: Number(to - from) }, (_, i) => journal.block(from + BigInt(i))));

const putBlocks = (
  published: ObjectStore,
  ledger: string,
  from: bigint,
  blocks: readonly ProvenBlock[],
): Promise<LogAlarm | undefined> =>
  putAllOnce(
    published,
    blocks.map(({ text }, i) => [blockKey(ledger, from + BigInt(i)), utf8(`${text}\n`)] as const),
  );

const broken = ({ size }: LedgerDigest): LogAlarm =>
  alarmOf("root-mismatch", `the ledger's blocks don't lead to the signed digest of ${size}`);
