import { fromUtf8, toHex, utf8 } from "../base/bytes.ts";
import { Malformed } from "../base/malformed.ts";
import { leafHash } from "../log/hash.ts";
import { type Block, parseBlock } from "../qldb/block.ts";
import { JournalCheck } from "../qldb/journal.ts";
import { logOfTable, recordIn } from "../qldb/record-document.ts";
import type { Revision } from "../qldb/revision.ts";
import { demandTransactionInfo } from "../qldb/transaction-info.ts";
import { type Finding, type FindingCode, finding } from "./finding.ts";
import type { LogSource } from "./source.ts";

/** What a bundle's copy of a QLDB journal holds. */
export interface Journal {
  readonly blocks: number;
  /** Root of the block hashes: what the newest signed digest must be. Empty where a block is missing. */
  readonly root: Uint8Array;
  /** The records of each log, by insurer, in the order of their places. */
  readonly logs: ReadonlyMap<string, readonly Uint8Array[]>;
}

/** Told the digest after each block; empty from where a block is missing. */
export type Watch = (size: bigint, root: () => Uint8Array) => void;

const journalPath = /^public\/journal\/([0-9]{9,15})-([0-9]{9,15})\.ion$/;

/** Whether a bundle's folder is that of a QLDB ledger. */
export const isLedger = (source: Pick<LogSource, "files">): boolean =>
  source.files().some((file) => file.startsWith("public/journal/"));

/**
 * Reads a journal, block by block: each is whole by its own hashes, linked to the one before, and of `strand`; each but the first shows its
 * transaction, and a revision for each document that wrote and no more, which are the next records of their logs. What isn't so is a finding, and
 * reading goes on. A hash proves what is shown, never that all is: without these demands both could be cut out of a block together.
 */
export async function readJournal(
  source: LogSource,
  origin: string,
  strand: string | undefined,
  findings: Finding[],
  watch: Watch,
): Promise<Journal> {
  const reader = new JournalReader(origin, strand, findings);
  for (const file of source.files().filter((name) => name.startsWith("public/journal/"))) {
    const bytes = await source.read(file);
    if (!journalPath.test(file) || !bytes) {
      findings.push(finding(origin, "file-misplaced", { file }, "blocks of the journal", "others"));
      continue;
    }
    for (const line of linesOf(bytes)) reader.take(file, line, watch);
  }
  return reader.journal();
}

function* linesOf(bytes: Uint8Array): Generator<Uint8Array> {
  let start = 0;
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
    yield bytes.subarray(start, end);
    start = end + 1;
  }
  if (start < bytes.length) yield bytes.subarray(start);
}

class JournalReader {
  readonly #origin: string;
  readonly #findings: Finding[];
  readonly #check: JournalCheck;
  readonly #logs = new Map<string, Uint8Array[]>();

  constructor(origin: string, strandId: string | undefined, findings: Finding[]) {
    this.#origin = origin;
    this.#findings = findings;
    this.#check = new JournalCheck({ strandId, fromFirst: true });
  }

  get #root(): Uint8Array {
    return this.#check.digest ?? new Uint8Array(0);
  }

  journal(): Journal {
    return { blocks: this.#check.counts.blocks, root: this.#root, logs: this.#logs };
  }

  take(file: string, line: Uint8Array, watch: Watch): void {
    const block = this.#parse(file, line);
    if (!block) return;
    const at = this.#check.counts.blocks;
    for (const { fault, sequenceNo, detail } of this.#check.add(block)) {
      const expected = "the next one, whole by its own hashes";
      this.#add(at, file, "block-differs", expected, `${fault}: block ${sequenceNo} ${detail}`);
    }
    this.#records(at, file, block);
    watch(BigInt(at + 1), () => this.#root);
  }

  #parse(file: string, line: Uint8Array): Block | undefined {
    try {
      return parseBlock(fromUtf8(line, "block"));
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      const at = this.#check.counts.blocks;
      this.#add(at, file, "journal-malformed", "a block a line", error.message);
      return undefined;
    }
  }

  #records(at: number, file: string, block: Block): void {
    try {
      const tables = tablesOf(at, block);
      const shown = new Set(block.revisions.map((one) => isDocument(one) && one.documentId));
      const written = block.revisions.length;
      if (written !== tables.size || shown.size !== written) {
        const expected = `a revision of each of the ${tables.size} documents its transaction wrote`;
        this.#add(at, file, "block-differs", expected, `${shown.size} in ${written} revisions`);
      }
      const held = block.revisions.map((revision) => heldIn(revision, tables));
      for (const one of held.sort((a, b) => a.index - b.index)) this.#record(at, file, one);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.#add(at, file, "journal-malformed", "documents that hold records", error.message);
    }
  }

  #record(at: number, file: string, { log, index, record, leafHash: named }: Held): void {
    const entries = this.#logs.get(log) ?? [];
    this.#logs.set(log, entries);
    const bytes = utf8(record);
    if (index !== entries.length) {
      const expected = `the record at place ${entries.length} of ${log}`;
      this.#add(at, file, "block-differs", expected, `one at place ${index}`);
    }
    const leaf = toHex(leafHash(bytes));
    if (leaf !== named)
      this.#add(at, file, "block-differs", `leaf hash ${leaf}`, `leaf hash ${named}`);
    entries.push(bytes);
  }

  #add(at: number, file: string, code: FindingCode, expected: string, found: string): void {
    this.#findings.push(finding(this.#origin, code, { file }, `block ${at}: ${expected}`, found));
  }
}

/** The table of each document a block's transaction wrote, which transactionInfo alone tells; a ledger's first block has none. */
function tablesOf(at: number, { transactionInfo }: Block): ReadonlyMap<string, string | undefined> {
  if (at === 0 && transactionInfo === undefined) return new Map();
  return demandTransactionInfo(transactionInfo).tables;
}

interface Held {
  readonly log: string;
  readonly index: number;
  readonly leafHash: string;
  readonly record: string;
}

function heldIn(
  revision: Block["revisions"][number],
  tables: ReadonlyMap<string, string | undefined>,
): Held {
  if (!isDocument(revision)) throw new Malformed("revision", "shows no document");
  const table = tables.get(revision.documentId);
  const log = table === undefined ? undefined : logOfTable(table);
  if (log === undefined)
    throw new Malformed("revision", `is in table ${table ?? "none"}, no log's`);
  const held = recordIn(revision);
  if (held === undefined) throw new Malformed("revision", "is redacted");
  return { log, ...held };
}

const isDocument = (revision: Block["revisions"][number]): revision is Revision =>
  "content" in revision;
