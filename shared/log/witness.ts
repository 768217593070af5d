import { concat, fromBase64, fromUtf8, toBase64, utf8 } from "../base/bytes.ts";
import { Malformed } from "../base/malformed.ts";
import { type Checkpoint, parseCheckpoint } from "./checkpoint.ts";
import { maxDecimal, parseDecimal } from "./decimal.ts";
import { isHash } from "./hash.ts";
import { formatSignatureLine, type NoteSignature, parseNote, parseSignatureLine } from "./note.ts";

/** What a log asks a witness (C2SP tlog-witness, add-checkpoint): cosign `note`, which extends the tree of `oldSize`. */
export interface AddCheckpoint {
  /** The size the log believes the witness cosigned last; 0 for a log it never cosigned. */
  readonly oldSize: bigint;
  /** The consistency proof from there, at most 63 hashes. */
  readonly proof: readonly Uint8Array[];
  /** The signed checkpoint, verbatim. */
  readonly note: Uint8Array;
}

/** Most hashes of a request's proof (tlog-witness: a client must not send more). */
export const maxWitnessProofHashes = 63;
/** Longest request in bytes that is read: the longest proof, and a dozen ML-DSA-44 signatures. */
export const maxRequestBytes = 64 * 1024;
/** What every witness reads: transparency-dev's, which many run, reads no more. A log signs with two pairs of keys at most, so it asks less. */
export const safeRequestBytes = 16 * 1024;
/** Longest answer in bytes that is read, and most signature lines in it. */
export const maxAnswerBytes = 64 * 1024;
const maxAnswerLines = 16;
/** The content type of the size in a 409 answer. */
export const sizeContentType = "text/x.tlog.size";

/** `old <size>`, one base64 hash a line, an empty line, the note; parts that {@link parseAddCheckpoint} would refuse are Malformed. */
export function formatAddCheckpoint(request: AddCheckpoint): Uint8Array {
  requireParts(request);
  const { oldSize, proof, note } = request;
  const lines = [`old ${oldSize}`, ...proof.map(toBase64)];
  const bytes = concat(utf8(`${lines.join("\n")}\n\n`), note);
  if (bytes.length > maxRequestBytes) throw new Malformed("add-checkpoint", "is too long");
  return bytes;
}

/** Reads exactly what {@link formatAddCheckpoint} writes. It checks form only: no signature, no proof. */
export function parseAddCheckpoint(
  bytes: Uint8Array,
): AddCheckpoint & { readonly checkpoint: Checkpoint } {
  if (bytes.length > maxRequestBytes) throw new Malformed("add-checkpoint", "is too long");
  const text = fromUtf8(bytes, "add-checkpoint");
  const split = text.indexOf("\n\n");
  if (split < 0) throw new Malformed("add-checkpoint", "has no empty line before its checkpoint");
  const [first = "", ...hashes] = text.slice(0, split).split("\n");
  const size = /^old (.+)$/.exec(first)?.[1];
  if (size === undefined) throw new Malformed("add-checkpoint", "has no old size line");
  if (hashes.length > maxWitnessProofHashes) throw new Malformed("proof", "is over 63 hashes");
  const request = {
    oldSize: parseDecimal(size, "old size"),
    proof: hashes.map((line) => fromBase64(line, "proof")),
    note: utf8(text.slice(split + 2)),
  };
  return { ...request, checkpoint: requireParts(request) };
}

/** A witness's 200 answer: one line a cosignature. None, or more than 16, is Malformed. */
export function formatCosignatures(signatures: readonly NoteSignature[]): Uint8Array {
  const bytes = utf8(signatures.map(formatSignatureLine).join(""));
  parseCosignatures(bytes);
  return bytes;
}

/** Reads exactly what {@link formatCosignatures} writes; it verifies nothing. */
export function parseCosignatures(bytes: Uint8Array): NoteSignature[] {
  if (bytes.length > maxAnswerBytes) throw new Malformed("cosignatures", "are too long");
  const lines = fromUtf8(bytes, "cosignatures").split("\n");
  if (lines.pop() !== "") throw new Malformed("cosignatures", "do not end in a newline");
  if (lines.length < 1 || lines.length > maxAnswerLines) {
    throw new Malformed("cosignatures", `are not 1 to ${maxAnswerLines} lines`);
  }
  return lines.map((line) => parseSignatureLine(line, "cosignature"));
}

/** The body of a 409 answer: the size the witness cosigned last, and a newline. */
export const formatWitnessSize = (size: bigint): Uint8Array => utf8(`${size}\n`);

/** Reads exactly what {@link formatWitnessSize} writes. */
export function parseWitnessSize(bytes: Uint8Array): bigint {
  if (bytes.length > 20) throw new Malformed("witness size", "is too long");
  const [, size] = /^(.*)\n$/.exec(fromUtf8(bytes, "witness size")) ?? [];
  if (size === undefined) throw new Malformed("witness size", "is not one line");
  return parseDecimal(size, "witness size");
}

function requireParts({ oldSize, proof, note }: AddCheckpoint): Checkpoint {
  if (oldSize < 0n || oldSize > maxDecimal) throw new Malformed("old size", "is out of range");
  if (proof.length > maxWitnessProofHashes) throw new Malformed("proof", "is over 63 hashes");
  if (!proof.every(isHash)) throw new Malformed("proof", "has a hash that is not 32 bytes");
  return parseCheckpoint(parseNote(note, "checkpoint").text);
}
