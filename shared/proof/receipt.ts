import { fromHex, fromUtf8, toHex, utf8 } from "../base/bytes.ts";
import { canonicalBytes, type Json, parseCanonical } from "../base/canonical.ts";
import { Malformed } from "../base/malformed.ts";
import type { Checkpoint } from "../log/checkpoint.ts";
import { hashBytes, leafHash } from "../log/hash.ts";
import type { Policy } from "../log/policy.ts";
import type { Requirement } from "../log/require.ts";
import { treeOf } from "../log/tree.ts";
import { type LedgerRecord, parseRecord } from "../record/record.ts";
import { type Opening, openingHash, readOpening } from "../record/sealed.ts";
import { verifyInclusion } from "./inclusion.ts";
import type { ProofRefusal } from "./refusal.ts";
import { formatTlogProof, parseTlogProof, type TlogProof } from "./tlog-proof.ts";
import { verifyTlogProof } from "./verify-checkpoint.ts";

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

function extraOf({ record, openings }: ReceiptContent): Uint8Array {
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

function readExtra(extra: Uint8Array): ReceiptContent {
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

/** What a verified receipt shows: this record, at this place of this log, and these fields of it. */
export interface VerifiedReceipt {
  readonly record: LedgerRecord;
  readonly leafHash: Uint8Array;
  readonly index: bigint;
  readonly checkpoint: Checkpoint;
  readonly openings: readonly Opening[];
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
  try {
    return verify(text, policy, requirements);
  } catch (error) {
    if (error instanceof Malformed) return { refused: "malformed", detail: error.message };
    throw error;
  }
}

function verify(
  text: Uint8Array,
  policy: Policy,
  requirements: readonly Requirement[],
): VerifiedReceipt | ProofRefusal {
  const { extra } = parseTlogProof(text);
  if (extra === undefined) throw new Malformed("extra", "is missing: this proof has no record");
  const content = readExtra(extra);
  const leaf = leafHash(content.record);
  const found = verifyTlogProof(text, policy, leaf, requirements);
  if ("refused" in found) return found;
  const record = parseRecord(content.record);
  if (record.origin !== found.checkpoint.origin) {
    throw new Malformed("origin", "is another log's than the checkpoint's");
  }
  for (const shown of content.openings) requireShown(record, shown);
  const paths = new Set(content.openings.map(({ opening }) => opening.path));
  if (paths.size < content.openings.length) throw new Malformed("opening", "shows a path twice");
  const { index, checkpoint } = found;
  const openings = content.openings.map(({ opening }) => opening);
  return { record, leafHash: leaf, index, checkpoint, openings };
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
