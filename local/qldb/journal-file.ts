import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { utf8 } from "../../shared/base/bytes.ts";

const newline = 0x0a;

/** An append-only file of lines. A line is there once `append` returns, also after kill -9 or power loss. */
export class JournalFile {
  readonly #descriptor: number;
  #length: number;

  private constructor(descriptor: number, length: number) {
    this.#descriptor = descriptor;
    this.#length = length;
  }

  /** Makes a file with these lines, complete or not at all. */
  static create(path: string, lines: readonly string[]): void {
    const draft = openSync(`${path}.new`, "w", 0o600);
    try {
      writeAll(draft, utf8(lines.map((line) => `${line}\n`).join("")), 0);
      fsyncSync(draft);
    } finally {
      closeSync(draft);
    }
    renameSync(`${path}.new`, path);
    syncFolder(dirname(path));
  }

  /** Opens the file and reads its lines. What follows the last newline was never acknowledged and is cut off. */
  static open(path: string): { file: JournalFile; lines: string[] } {
    const bytes = readFileSync(path);
    const length = bytes.lastIndexOf(newline) + 1;
    const descriptor = openSync(path, "r+");
    if (length < bytes.length) {
      ftruncateSync(descriptor, length);
      fsyncSync(descriptor);
    }
    const lines = bytes.subarray(0, length).toString("utf8").split("\n").slice(0, -1);
    return { file: new JournalFile(descriptor, length), lines };
  }

  /** Writes and fsyncs one line; a failed write leaves no part of it behind. */
  append(line: string): void {
    const bytes = utf8(`${line}\n`);
    try {
      writeAll(this.#descriptor, bytes, this.#length);
      fsyncSync(this.#descriptor);
    } catch (error) {
      ftruncateSync(this.#descriptor, this.#length);
      throw error;
    }
    this.#length += bytes.length;
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

function writeAll(descriptor: number, bytes: Uint8Array, position: number): void {
  let written = 0;
  while (written < bytes.length) {
    written += writeSync(descriptor, bytes, written, bytes.length - written, position + written);
  }
}

function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
