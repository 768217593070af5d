import { concat, fromBase64, fromUtf8, toBase64, utf8 } from "../base/bytes.ts";
import { Malformed } from "../base/malformed.ts";
import { requireKeyName } from "./key-name.ts";

/** One signature line as written: nothing here says that it verifies. `keyId` is an unsigned 32-bit number. */
export interface NoteSignature {
  readonly name: string;
  readonly keyId: number;
  readonly signature: Uint8Array;
}

/** A signed note as written (C2SP signed-note). `text` ends in a newline. */
export interface Note {
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** Most signature lines we read or write; the specification demands at least 16. */
export const maxNoteSignatures = 64;
/** Longest note in bytes: 64 ML-DSA-44 signatures take about 215,000. */
export const maxNoteBytes = 512 * 1024;

/** The note's bytes; parts that {@link parseNote} would refuse are Malformed. */
export function formatNote(note: Note): Uint8Array {
  const bytes = utf8(`${note.text}\n${note.signatures.map(formatSignatureLine).join("")}`);
  requireText(note.text, "note");
  requireBounds(bytes.length, note.signatures.length, "note");
  for (const signature of note.signatures) {
    requireKeyName(signature.name, "note signature");
    requireSignature(signature.signature.length, "note signature");
  }
  return bytes;
}

/** Reads exactly what {@link formatNote} writes: the last empty line divides text and signatures. */
export function parseNote(bytes: Uint8Array, where = "note"): Note {
  requireBounds(bytes.length, 1, where);
  const whole = fromUtf8(bytes, where);
  const split = whole.lastIndexOf("\n\n");
  if (split < 0) throw new Malformed(where, "has no empty line before its signatures");
  const text = whole.slice(0, split + 1);
  requireText(text, where);
  const lines = whole.slice(split + 2).split("\n");
  if (lines.pop() !== "") throw new Malformed(where, "does not end in a newline");
  requireBounds(bytes.length, lines.length, where);
  return { text, signatures: lines.map((line) => parseSignatureLine(line, where)) };
}

/** `— <name> <base64 of key id and signature>`, with its newline (signed-note, Format). */
export const formatSignatureLine = ({ name, keyId, signature }: NoteSignature): string =>
  `— ${name} ${toBase64(concat(uint32(keyId), signature))}\n`;

/** Reads one signature line without its newline; anything {@link formatSignatureLine} would not write is Malformed. */
export function parseSignatureLine(line: string, where: string): NoteSignature {
  const match = /^\u2014 ([^ ]+) ([^ ]+)$/.exec(line);
  if (!match) throw new Malformed(where, "has a line that is no signature after its empty line");
  const [, name = "", base64 = ""] = match;
  requireKeyName(name, where);
  const bytes = fromBase64(base64, where);
  requireSignature(bytes.length - 4, where);
  const keyId = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  return { name, keyId, signature: bytes.slice(4) };
}

function requireText(text: string, where: string): void {
  if (!text.endsWith("\n")) throw new Malformed(where, "has a text that does not end in a newline");
  if (!text.isWellFormed()) throw new Malformed(where, "has a text that is not Unicode");
  if (hasControl(text)) throw new Malformed(where, "has a control character other than newline");
}

function requireBounds(bytes: number, signatures: number, where: string): void {
  if (bytes > maxNoteBytes) throw new Malformed(where, `is longer than ${maxNoteBytes} bytes`);
  if (signatures < 1) throw new Malformed(where, "has no signature");
  if (signatures > maxNoteSignatures) {
    throw new Malformed(where, `has more than ${maxNoteSignatures} signatures`);
  }
}

function requireSignature(bytes: number, where: string): void {
  if (bytes < 1) throw new Malformed(where, "has a signature shorter than 5 bytes");
}

/** Control characters below U+0020 have no place in a note, newline excepted. */
function hasControl(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x20 && unit !== 0x0a) return true;
  }
  return false;
}

function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}
