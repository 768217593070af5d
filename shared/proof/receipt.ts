import { fromHex, fromUtf8, toHex, utf8 } from "../base/bytes.ts";
import { canonicalBytes, type Json, parseCanonical } from "../base/canonical.ts";
import { Malformed } from "../base/malformed.ts";
import { type Checkpoint, parseCheckpoint } from "../log/checkpoint.ts";
import { hashBytes, leafHash } from "../log/hash.ts";
import { parseNote } from "../log/note.ts";
import type { Policy } from "../log/policy.ts";
import type { Requirement } from "../log/require.ts";
import { treeOf } from "../log/tree.ts";
import { type LedgerRecord, parseRecord } from "../record/record.ts";
import { type Opening, openingHash, readOpening } from "../record/sealed.ts";
import { verifyInclusion } from "./inclusion.ts";
import { orMalformed, type ProofRefusal, refuse } from "./refusal.ts";
import { formatTlogProof, parseTlogProof, type TlogProof } from "./tlog-proof.ts";
import { type Inclusion, verifyTlogProof, type Witnessed } from "./verify-checkpoint.ts";

/** One sealed field a holder may show: the opening and where its leaf lies in the record's sealed tree. */
export interface ShownOpening {
  readonly opening: Opening;
  readonly index: number;
  readonly hashes: readonly Uint8Array[];
}

/** What `extra` of a receipt carries: the record's canonical bytes, and the holder's openings. */
export interface ReceiptContent {
  readonly record: Uint8Array;
  readonly openings: readonly ShownOpening[];
}

/** The openings of `shown` with their proofs, given all leaf hashes of the record's sealed tree. */
export function showOpenings(
  leaves: readonly Uint8Array[],
  shown: readonly Opening[],
): ShownOpening[] {
  const tree = treeOf(leaves);
  const places = new Map(leaves.map((leaf, index) => [toHex(leaf), index]));
  return shown.map((opening) => {
    const index = places.get(toHex(openingHash(opening)));
    if (index === undefined) throw new Malformed(opening.path, "is no field of this record");
    return { opening, index, hashes: tree.inclusion(BigInt(index)) };
  });
}

/** Most openings a receipt carries, and most hashes of one opening's inclusion proof. */
const maxOpenings = 64;
const maxHashes = 16;

/** A receipt: one `.tlog-proof` file whose `extra` is RFC 8785 JSON {record, openings: [[index, salt, path, value, hashes]]}. */
export const formatReceipt = (content: ReceiptContent, proof: Omit<TlogProof, "extra">): string =>
  fromUtf8(formatTlogProof({ ...proof, extra: extraOf(content) }));

/** `extra` of a receipt with this content. */
export function extraOf({ record, openings }: ReceiptContent): Uint8Array {
  return canonicalBytes({
    record: fromUtf8(record, "record"),
    openings: openings.map(({ opening: { salt, path, value }, index, hashes }) => [
      index,
      salt,
      path,
      value,
      hashes.map(toHex),
    ]),
  });
}

/** The content in `extra`; throws Malformed. */
export function contentOf(extra: Uint8Array): ReceiptContent {
  const json = parseCanonical(extra, "extra");
  if (json === null || typeof json !== "object" || Array.isArray(json)) {
    throw new Malformed("extra", "is not an object");
  }
  const { record, openings, ...rest } = json as Record<string, Json>;
  if (typeof record !== "string" || !Array.isArray(openings) || Object.keys(rest).length > 0) {
    throw new Malformed("extra", "has not exactly record and openings");
  }
  if (openings.length > maxOpenings) throw new Malformed("extra", "has over 64 openings");
  return { record: utf8(record), openings: openings.map(readShown) };
}

function readShown(json: Json): ShownOpening {
  if (!Array.isArray(json) || json.length !== 5) throw new Malformed("opening", "is malformed");
  const [index, salt, path, value, hashes] = json as unknown as readonly [
    Json,
    Json,
    Json,
    Json,
    Json,
  ];
  if (typeof index !== "number" || !Array.isArray(hashes)) {
    throw new Malformed("opening", "is malformed");
  }
  if (hashes.length > maxHashes) throw new Malformed("opening", "has over 16 hashes");
  const opening = readOpening([salt, path, value]);
  return { opening, index, hashes: hashes.map(readHash) };
}

function readHash(json: Json): Uint8Array {
  if (typeof json !== "string") throw new Malformed("opening", "has a hash that is not text");
  return fromHex(json, "opening");
}

/** A receipt read by its form alone. */
export interface ReceiptForm {
  readonly content: ReceiptContent;
  readonly proof: TlogProof;
}

/** Reads exactly what {@link formatReceipt} writes; anything else is Malformed. It checks form only: no hash, no signature. */
export function parseReceipt(text: Uint8Array): ReceiptForm {
  const proof = parseTlogProof(text);
  if (proof.extra === undefined) {
    throw new Malformed("extra", "is missing: this proof has no record");
  }
  return { content: contentOf(proof.extra), proof };
}

/** What a receipt shows: this record, at this place of this log, and these fields of it. */
export interface ShownRecord {
  readonly record: LedgerRecord;
  readonly leafHash: Uint8Array;
  readonly index: bigint;
  readonly checkpoint: Checkpoint;
  readonly openings: readonly Opening[];
}

/** What a receipt shows under a checkpoint that the verifier's trust policy believes, and who witnessed it: none, and its time is the insurer's word. */
export interface VerifiedReceipt extends ShownRecord {
  readonly witnesses: readonly Witnessed[];
}

/**
 * Verifies a receipt offline (docs/spec/receipt.md): the record hashes to the leaf, the leaf is proved to be under a checkpoint that the
 * trust policy believes, the record names that log, and each opening proves to the record's `sealed` root. Nothing throws.
 */
export function verifyReceipt(
  text: Uint8Array,
  policy: Policy,
  requirements: readonly Requirement[] = [],
): VerifiedReceipt | ProofRefusal {
  return orMalformed(() => {
    const { content } = parseReceipt(text);
    const found = verifyTlogProof(text, policy, leafHash(content.record), requirements);
    if ("refused" in found) return found;
    return { ...shownBy(content, found), witnesses: found.witnesses };
  });
}

/**
 * What a receipt shows by its own word: all of {@link verifyReceipt} but the signatures, because there is no trust policy to say whose would count.
 * Anyone can make such a file. Nothing throws.
 */
export function readUnanchored(text: Uint8Array): ShownRecord | ProofRefusal {
  return orMalformed(() => {
    const { content, proof } = parseReceipt(text);
    const { hashes, index, checkpointNote } = proof;
    const checkpoint = parseCheckpoint(parseNote(checkpointNote).text);
    const { size, root } = checkpoint;
    const leaf = leafHash(content.record);
    return verifyInclusion({ leafHash: leaf, index, size, proof: hashes, root })
      ? shownBy(content, { index, checkpoint })
      : refuse("not-included", "the proof does not lead from this record to the root");
  });
}

const isOwn = (checkpoint: string, record: string): boolean => checkpoint === record;

/** What the content shows at this place; throws Malformed unless its record's origin `fits` the checkpoint's and every opening proves to the record. */
export function shownBy(
  { record: bytes, openings: shown }: ReceiptContent,
  { index, checkpoint }: Pick<Inclusion, "index" | "checkpoint">,
  fits: (checkpoint: string, record: string) => boolean = isOwn,
): ShownRecord {
  const record = parseRecord(bytes);
  if (!fits(checkpoint.origin, record.origin)) {
    throw new Malformed("origin", "is another log's than the checkpoint's");
  }
  for (const each of shown) requireShown(record, each);
  const openings = shown.map(({ opening }) => opening);
  const paths = new Set(openings.map(({ path }) => path));
  if (paths.size < shown.length) throw new Malformed("opening", "shows a path twice");
  return { record, leafHash: leafHash(bytes), index, checkpoint, openings };
}

function requireShown({ body }: LedgerRecord, { opening, index, hashes }: ShownOpening): void {
  if (!("sealed" in body)) throw new Malformed(opening.path, "is shown of a public record");
  const { size, root } = body.sealed;
  const proved =
    hashes.every((hash) => hash.length === hashBytes) &&
    verifyInclusion({
      leafHash: openingHash(opening),
      index: BigInt(index),
      size: BigInt(size),
      proof: hashes,
      root,
    });
  if (!proved) throw new Malformed(opening.path, "does not prove to the record's sealed root");
}
