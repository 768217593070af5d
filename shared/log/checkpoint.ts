import { fromBase64, toBase64, utf8 } from "../base/bytes.ts";
import { Malformed } from "../base/malformed.ts";
import { maxDecimal, parseDecimal } from "./decimal.ts";
import { isHash } from "./hash.ts";
import { maxNameBytes } from "./key-name.ts";

/** A tree head (C2SP tlog-checkpoint): the text of the note that the log and its witnesses sign. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: bigint;
  readonly root: Uint8Array;
  /** Further lines, opaque. An ML-DSA-44 signature does not cover them. */
  readonly extensions: readonly string[];
}

/** The note text: origin, size, base64 root, extension lines, a newline after each; bad parts are Malformed. */
export function formatCheckpoint(checkpoint: Checkpoint): string {
  const { origin, size, root, extensions } = checkpoint;
  requireLine(origin, "checkpoint origin");
  if (utf8(origin).length > maxNameBytes) throw new Malformed("checkpoint origin", "is too long");
  if (size < 0n || size > maxDecimal) throw new Malformed("checkpoint size", "is out of range");
  if (!isHash(root)) throw new Malformed("checkpoint root", "is not 32 bytes");
  for (const line of extensions) requireLine(line, "checkpoint extension");
  return `${[origin, size, toBase64(root), ...extensions].join("\n")}\n`;
}

/** Reads exactly what {@link formatCheckpoint} writes. */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin = "", size = "", root = "", ...rest] = text.split("\n");
  if (rest.pop() !== "") throw new Malformed("checkpoint", "is not three lines or more");
  const checkpoint = {
    origin,
    size: parseDecimal(size, "checkpoint size"),
    root: fromBase64(root, "checkpoint root"),
    extensions: rest,
  };
  if (formatCheckpoint(checkpoint) !== text) throw new Malformed("checkpoint", "is not canonical");
  return checkpoint;
}

/** A line of a note: not empty, no control character below U+0020 (signed-note, Format). */
function requireLine(line: string, where: string): void {
  if (line === "") throw new Malformed(where, "is an empty line");
  for (let i = 0; i < line.length; i++) {
    if (line.charCodeAt(i) < 0x20) throw new Malformed(where, "has a control character");
  }
  if (!line.isWellFormed()) throw new Malformed(where, "is not Unicode");
}
