import { Malformed } from "../../shared/base/malformed.ts";
import { type Block, type BlockFault, parseBlock, verifyBlock } from "../../shared/qldb/block.ts";
import { MalformedAt } from "../../shared/qldb/ion-limits.ts";
import { JournalCheck, type JournalVerdict } from "../../shared/qldb/journal.ts";
import { readJsonBlock } from "../../shared/qldb/json-block.ts";
import type { SavedDigest } from "../../shared/qldb/saved-digest.ts";
import { splitIon } from "../../shared/qldb/split.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { chunksOf, type DataFile, type JournalExport } from "./qldb-export.ts";

/** An export's verdict: the journal's, what is wrong with its files, and what a JSON export leaves unchecked. */
export interface ExportVerdict {
  readonly journal: JournalVerdict;
  readonly files: readonly string[];
  /** How many findings there are about files; `files` has the first of them. */
  readonly fileFaults: number;
  /** Blocks read from JSON. */
  readonly jsonBlocks: number;
  /** Of those, hashes of revisions, transactions or redactions that could not be recomputed. */
  readonly unchecked: number;
}

const mostFindings = 1_000;

/**
 * Verifies an export file by file, block by block, with a bar of bytes. `visit` sees each block and the bytes it was read from after it was checked. A file that can't be read on
 * is left there, with its offset in the finding.
 */
export function verifyExport(
  terminal: Terminal,
  { files, findings }: JournalExport,
  saved: readonly SavedDigest[],
  visit: (block: Block, bytes: Uint8Array) => void = () => undefined,
): ExportVerdict {
  const bar = terminal.progress(
    "bytes",
    files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  );
  const check = new JournalCheck({ saved });
  const found = { files: findings.slice(0, mostFindings), faults: findings.length };
  const find = (finding: string): void => {
    found.faults++;
    if (found.files.length < mostFindings) found.files.push(finding);
  };
  const json = { blocks: 0, unchecked: 0 };
  for (const file of files) {
    const range = new Range(file);
    try {
      for (const { offset, bytes } of splitIon(
        chunksOf(file.path, (length) => bar.advance(length)),
      )) {
        const { block, faults, unchecked } = read(bytes, file, offset);
        if (file.json) json.blocks++;
        json.unchecked += unchecked;
        range.take(block);
        check.add(block, faults);
        visit(block, bytes);
      }
      const wrong = range.wrong();
      if (wrong) find(wrong);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      find(`${file.name}: ${error.message}`);
    }
  }
  bar.stop();
  return {
    journal: check.end(),
    files: found.files,
    fileFaults: found.faults,
    jsonBlocks: json.blocks,
    unchecked: json.unchecked,
  };
}

interface Read {
  readonly block: Block;
  readonly faults: readonly BlockFault[];
  readonly unchecked: number;
}

function read(bytes: Uint8Array, { json }: DataFile, offset: number): Read {
  try {
    if (json) {
      const { block, faults, unchecked } = readJsonBlock(bytes);
      return { block, faults, unchecked: unchecked.length };
    }
    const block = parseBlock(bytes);
    return { block, faults: verifyBlock(block), unchecked: 0 };
  } catch (error) {
    if (error instanceof Malformed) throw new MalformedAt(offset, error.message);
    throw error;
  }
}

/** The blocks a file was found to hold, against those its name promises. */
class Range {
  readonly #file: DataFile;
  #first: number | undefined;
  #last: number | undefined;
  constructor(file: DataFile) {
    this.#file = file;
  }

  take({ blockAddress: { sequenceNo } }: Block): void {
    this.#first ??= sequenceNo;
    this.#last = sequenceNo;
  }

  wrong(): string | undefined {
    const { name, first, last } = this.#file;
    if (this.#first === first && this.#last === last) return undefined;
    const held = this.#first === undefined ? "none" : `${this.#first} to ${this.#last}`;
    return `${name}: its name promises blocks ${first} to ${last}, it holds ${held}`;
  }
}
