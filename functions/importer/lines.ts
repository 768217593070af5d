import { concat } from "../../shared/base/bytes.ts";

/** Reads the bytes of a file from `from` up to `to` (exclusive); undefined where it is gone. */
export type ReadBytes = (from: number, to: number) => Promise<Uint8Array | undefined>;

/** A line without its line feed, undefined where it is too long to be read; `end`: the byte after its line feed. */
export interface Line {
  readonly bytes: Uint8Array | undefined;
  readonly end: number;
}

const lineFeed = 0x0a;
const blockBytes = 65_536;
const countedBytes = 4 * 1_048_576;

/**
 * At most `most` lines of a file of `size` bytes from byte `from` on, where one begins, read in blocks and never held as a whole, however long a line is. The last
 * line may lack its line feed. Undefined where the file is gone.
 */
export async function linesFrom(
  read: ReadBytes,
  from: number,
  size: number,
  most: number,
  maxLineBytes: number,
): Promise<readonly Line[] | undefined> {
  const lines: Line[] = [];
  let held: Uint8Array | undefined = new Uint8Array();
  const add = (piece: Uint8Array): void => {
    if (held && held.length + piece.length <= maxLineBytes) held = concat(held, piece);
    else held = undefined;
  };
  let started = false;
  for (let at = from; at < size; at += blockBytes) {
    const block = await read(at, Math.min(at + blockBytes, size));
    if (!block) return undefined;
    for (let next = 0; next < block.length; ) {
      const feed = block.indexOf(lineFeed, next);
      add(block.subarray(next, feed < 0 ? block.length : feed));
      started = feed < 0;
      if (feed < 0) break;
      lines.push({ bytes: held, end: at + feed + 1 });
      if (lines.length === most) return lines;
      held = new Uint8Array();
      next = feed + 1;
    }
  }
  if (started) lines.push({ bytes: held, end: size });
  return lines;
}

/** How many lines a file of `size` bytes has; undefined where it is gone. */
export async function countLines(read: ReadBytes, size: number): Promise<number | undefined> {
  let count = 0;
  let last = lineFeed;
  for (let at = 0; at < size; at += countedBytes) {
    const block = await read(at, Math.min(at + countedBytes, size));
    if (!block) return undefined;
    for (let feed = block.indexOf(lineFeed); feed >= 0; feed = block.indexOf(lineFeed, feed + 1)) {
      count += 1;
    }
    last = block.at(-1) ?? last;
  }
  return last === lineFeed ? count : count + 1;
}
