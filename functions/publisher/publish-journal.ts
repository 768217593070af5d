import { publishedKey } from "../../shared/api/log-path.ts";
import { equal, utf8 } from "../../shared/base/bytes.ts";
import { least } from "../../shared/base/least.ts";
import { parseCheckpoint } from "../../shared/log/checkpoint.ts";
import { parseNote } from "../../shared/log/note.ts";
import type { LedgerJournal, ProvenBlock } from "../../shared/ports/journal.ts";
import type { LedgerDigest } from "../../shared/ports/ledger.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { extendsJournal, extensionEvidence } from "../../shared/qldb/extension.ts";
import { append, emptyFrontier, frontierRoot } from "../../shared/qldb/frontier.ts";
import { alarmOf, type LogAlarm } from "./alarm.ts";
import { type ShowingPorts, showCheckpoint, shownCheckpoint } from "./checkpoint.ts";
import { putAllOnce, putOnce } from "./put-once.ts";

/** Where a block of the published journal lies: its Ion text, as the service gave it, and a newline. */
export const blockKey = (ledger: string, sequenceNo: bigint): string =>
  publishedKey(ledger, `journal/${sequenceNo}.ion`);

/** What publishing a journal takes. */
export interface JournalPublishing extends ShowingPorts {
  readonly ledger: string;
  readonly journal: LedgerJournal;
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

const blocksAtOnce = 16n;
type Hashes = Pick<ProvenBlock["block"], "entriesHash" | "blockHash">;

async function publishBlocks(
  { journal, ledger, published }: JournalPublishing,
  from: LedgerDigest | undefined,
  head: LedgerDigest,
): Promise<LogAlarm | undefined> {
  const start = from?.size ?? 0n;
  const tip = from && (await journal.block(start - 1n, start));
  let previous = tip?.block.blockHash ?? new Uint8Array(0);
  const added: Hashes[] = [];
  for (let at = start; at < head.size; at += blocksAtOnce) {
    const blocks = await blocksBetween(journal, at, least(head.size, at + blocksAtOnce));
    for (const { block } of blocks) {
      if (!equal(block.previousBlockHash, previous)) return broken(head);
      previous = block.blockHash;
      added.push({ entriesHash: block.entriesHash, blockHash: block.blockHash });
    }
    const alarm = await putBlocks(published, ledger, at, blocks);
    if (alarm !== undefined) return alarm;
  }
  const leads = tip
    ? extendsJournal(from, head, evidenceOf(tip, added))
    : equal(rootOf(added), head.root);
  return leads ? undefined : broken(head);
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

const evidenceOf = ({ proof, block }: ProvenBlock, added: readonly Hashes[]) =>
  extensionEvidence(
    proof,
    block.blockHash,
    added.map(({ entriesHash }) => entriesHash),
  );

const rootOf = (blocks: readonly Hashes[]): Uint8Array =>
  frontierRoot(blocks.reduce((tree, { blockHash }) => append(tree, blockHash), emptyFrontier));

const broken = ({ size }: LedgerDigest): LogAlarm =>
  alarmOf("root-mismatch", `the ledger's blocks don't lead to the signed digest of ${size}`);
