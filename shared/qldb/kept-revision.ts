import { equal, fromBase64, toBase64 } from "../base/bytes.ts";
import { Malformed } from "../base/malformed.ts";
import { requireHash } from "./dot.ts";
import { ionCount, ionString, readIon, structFields } from "./ion.ts";
import { foldPath } from "./merkle.ts";
import { type RevisionContent, revisionHash } from "./revision.ts";

/** A revision as it is kept away from its journal: Ion as text, hashes in base64. */
export interface KeptRevision {
  readonly documentId: string;
  /** From 0. */
  readonly revision: bigint;
  readonly metadata: string;
  /** Not there of a redacted revision, of which there is `dataHash`, and of a deletion, of which there is neither. */
  readonly data?: string | undefined;
  readonly dataHash?: string | undefined;
  readonly hash: string;
  /** Leaf to root. */
  readonly proof: readonly string[];
}

/**
 * The digest, in base64, that the revision's proof leads to. Throws Malformed where its metadata are not this revision's, and where its hash is not the one
 * of its metadata and data; what the hash of a deletion is made of nobody published, so that its proof alone is followed.
 */
export function provenDigest(kept: KeptRevision): string {
  const metadata = readIon(kept.metadata, "metadata");
  const named = structFields(metadata, "metadata");
  const [id, version] = [named.get("id"), named.get("version")];
  const isThis =
    id !== undefined &&
    version !== undefined &&
    ionString(id, "metadata.id") === kept.documentId &&
    BigInt(ionCount(version, "metadata.version")) === kept.revision;
  if (!isThis) throw new Malformed("metadata", "are another revision's");
  const hash = hashIn(kept.hash, "hash");
  const content = contentOf(kept);
  if (content && !equal(revisionHash({ metadata, content }), hash)) {
    throw new Malformed("hash", "is not the one of its metadata and data");
  }
  return toBase64(
    foldPath(
      hash,
      kept.proof.map((sibling, at) => hashIn(sibling, `proof hash ${at}`)),
    ),
  );
}

function contentOf({ data, dataHash }: KeptRevision): RevisionContent | undefined {
  if (data !== undefined) return { data: readIon(data, "data") };
  return dataHash === undefined ? undefined : { dataHash: hashIn(dataHash, "dataHash") };
}

function hashIn(text: string, where: string): Uint8Array {
  const hash = fromBase64(text, where);
  requireHash(hash, where);
  return hash;
}
