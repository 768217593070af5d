import { concat, fromBase64, fromUtf8, toBase64, utf8 } from "../base/bytes.ts";
import { Malformed } from "../base/malformed.ts";
import { parseCheckpoint } from "../log/checkpoint.ts";
import { maxDecimal, parseDecimal } from "../log/decimal.ts";
import { hashBytes } from "../log/hash.ts";
import { maxNoteBytes, parseNote } from "../log/note.ts";
import { isHashList, maxProofHashes } from "./hash-list.ts";

/** A `.tlog-proof` file (C2SP tlog-proof). `extra` is authenticated by nothing in this file. */
export interface TlogProof {
  readonly extra?: Uint8Array;
  readonly index: bigint;
  /** The inclusion proof, leaf's sibling first. */
  readonly hashes: readonly Uint8Array[];
  /** The signed checkpoint, verbatim. */
  readonly checkpointNote: Uint8Array;
}

/** Most bytes of `extra`: a record of 65,535 bytes and its openings fit many times. */
export const maxExtraBytes = 1024 * 1024;
const maxProofBytes = 2 * maxExtraBytes + maxNoteBytes;
const firstLine = "c2sp.org/tlog-proof@v1";

/** The file's bytes; parts that {@link parseTlogProof} would refuse are Malformed. */
export function formatTlogProof(proof: TlogProof): Uint8Array {
  const { extra, index, hashes, checkpointNote } = proof;
  requireParts(proof);
  const lines = [
    firstLine,
    ...(extra === undefined ? [] : [`extra ${toBase64(extra)}`]),
    `index ${index}`,
    ...hashes.map(toBase64),
  ];
  return concat(utf8(`${lines.join("\n")}\n\n`), checkpointNote);
}

/** Reads exactly what {@link formatTlogProof} writes. It checks form only: no hash, no signature. */
export function parseTlogProof(bytes: Uint8Array): TlogProof {
  if (bytes.length > maxProofBytes) throw new Malformed("tlog-proof", "is too long");
  const text = fromUtf8(bytes, "tlog-proof");
  const split = text.indexOf("\n\n");
  if (split < 0) throw new Malformed("tlog-proof", "has no empty line before its checkpoint");
  const lines = text.slice(0, split).split("\n");
  if (lines.shift() !== firstLine) throw new Malformed("tlog-proof", `is not ${firstLine}`);
  const extra = lines[0]?.startsWith("extra ") ? lines.shift() : undefined;
  const index = /^index (.*)$/.exec(lines.shift() ?? "")?.[1];
  if (index === undefined) throw new Malformed("tlog-proof", "has no index line");
  if (lines.length > maxProofHashes) throw new Malformed("tlog-proof hashes", "are too many");
  const proof = {
    ...(extra === undefined ? {} : { extra: fromBase64(extra.slice(6), "tlog-proof extra") }),
    index: parseDecimal(index, "tlog-proof index"),
    hashes: lines.map((line) => fromBase64(line, "tlog-proof hash")),
    checkpointNote: utf8(text.slice(split + 2)),
  };
  requireParts(proof);
  return proof;
}

function requireParts({ extra, index, hashes, checkpointNote }: TlogProof): void {
  if (extra !== undefined && (extra.length === 0 || extra.length > maxExtraBytes)) {
    throw new Malformed("tlog-proof extra", `is not 1 to ${maxExtraBytes} bytes`);
  }
  if (index < 0n || index > maxDecimal) throw new Malformed("tlog-proof index", "is out of range");
  if (!isHashList(hashes)) {
    throw new Malformed("tlog-proof hashes", `are not up to 64 hashes of ${hashBytes} bytes`);
  }
  parseCheckpoint(parseNote(checkpointNote, "tlog-proof checkpoint").text);
}
