import fc from "fast-check";
import { fromUtf8, utf8 } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { formatBundle, parseBundle } from "../../shared/log/bundle.ts";
import { formatCheckpoint, parseCheckpoint } from "../../shared/log/checkpoint.ts";
import { formatTimestamped, splitTimestamped } from "../../shared/log/cosignature.ts";
import { parseDecimal } from "../../shared/log/decimal.ts";
import { formatFrontier, parseFrontier } from "../../shared/log/frontier.ts";
import { formatVerifierKey, parseVerifierKey } from "../../shared/log/key.ts";
import {
  formatNote,
  formatSignatureLine,
  parseNote,
  parseSignatureLine,
} from "../../shared/log/note.ts";
import {
  formatRequirements,
  parseRequirements,
  type Requirement,
} from "../../shared/log/require.ts";
import {
  bundlePath,
  formatTile,
  parseBundlePath,
  parseTile,
  parseTilePath,
  tilePath,
} from "../../shared/log/tile.ts";
import {
  formatAddCheckpoint,
  formatCosignatures,
  formatWitnessSize,
  parseAddCheckpoint,
  parseCosignatures,
  parseWitnessSize,
} from "../../shared/log/witness.ts";
import { type Format, type Strict, strict } from "./format.ts";
import {
  checkpoint,
  checkpointNote,
  hash,
  hashes,
  keyOf,
  note,
  recordOf,
  signature,
  size,
} from "./values.ts";

/** A parser of text, for which its bytes are UTF-8. */
export const ofText = <Value>(
  values: fc.Arbitrary<Value>,
  format: (value: Value) => string,
  parse: (text: string) => Value,
): Format<Value> => ({
  values,
  format: (value) => utf8(format(value)),
  parse: (bytes) => parse(fromUtf8(bytes)),
});

const width = fc.integer({ min: 1, max: 256 });
const ones = (of: bigint): number => of.toString(2).replaceAll("0", "").length;
const frontier = size.chain((of) =>
  recordOf({
    size: fc.constant(of),
    hashes: fc.array(hash, { minLength: ones(of), maxLength: ones(of) }),
  }),
);
const requirements: fc.Arbitrary<Requirement[]> = fc
  .uniqueArray(size, { maxLength: 5 })
  .chain((sizes) =>
    fc.tuple(
      ...sizes
        .sort((a, b) => (a < b ? -1 : 1))
        .map((of) =>
          recordOf<Requirement>({
            size: fc.constant(of),
            signatures: fc.constantFrom("ed25519", "ed25519+mldsa44"),
          }),
        ),
    ),
  );

/** Every parser of the room `log` but the trust policy's, which reads more than is written. */
export const logFormats: readonly Strict[] = [
  strict(
    "parseDecimal",
    ofText(size, String, (text) => parseDecimal(text, "size")),
  ),
  strict("parseNote", { values: note, format: formatNote, parse: (bytes) => parseNote(bytes) }),
  strict(
    "parseSignatureLine",
    ofText(
      signature,
      (of) => formatSignatureLine(of).slice(0, -1),
      (text) => parseSignatureLine(text, "line"),
    ),
  ),
  strict("parseCheckpoint", ofText(checkpoint, formatCheckpoint, parseCheckpoint)),
  strict(
    "parseVerifierKey",
    ofText(keyOf("ed25519", "cosignature", "mldsa44"), formatVerifierKey, (text) =>
      parseVerifierKey(text),
    ),
  ),
  strict("parseRequirements", {
    values: requirements,
    format: formatRequirements,
    parse: parseRequirements,
  }),
  strict("splitTimestamped", {
    values: recordOf({ timeSeconds: size, signature: fc.uint8Array({ maxLength: 40 }) }),
    format: formatTimestamped,
    parse: (bytes) => {
      const read = splitTimestamped(bytes);
      if (!read) throw new Malformed("cosignature", "has no time");
      return read;
    },
  }),
  strict(
    "parseTilePath",
    ofText(recordOf({ level: fc.nat(63), index: size, width }), tilePath, parseTilePath),
  ),
  strict("parseBundlePath", ofText(recordOf({ index: size, width }), bundlePath, parseBundlePath)),
  strict("parseTile", {
    values: fc.array(hash, { minLength: 1, maxLength: 5 }),
    format: formatTile,
    parse: (bytes, like) => parseTile(bytes, like.length),
  }),
  strict("parseBundle", {
    values: fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 5 }),
    format: formatBundle,
    parse: (bytes, like) => parseBundle(bytes, like.length),
  }),
  strict("parseFrontier", {
    values: frontier,
    format: formatFrontier,
    parse: (bytes, like) => parseFrontier(like.size, bytes),
  }),
  strict("parseAddCheckpoint", {
    values: recordOf({ oldSize: size, proof: hashes, note: checkpointNote }),
    format: formatAddCheckpoint,
    parse: (bytes) => {
      const { checkpoint: _, ...request } = parseAddCheckpoint(bytes);
      return request;
    },
  }),
  strict("parseCosignatures", {
    values: fc.array(signature, { minLength: 1, maxLength: 5 }),
    format: formatCosignatures,
    parse: parseCosignatures,
  }),
  strict("parseWitnessSize", { values: size, format: formatWitnessSize, parse: parseWitnessSize }),
];
