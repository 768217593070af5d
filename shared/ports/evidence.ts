import type { Handle } from "../base/handle.ts";
import type { Instant } from "../base/instant.ts";

/** Where a document lies: by its claim, for a key of an object, which logs and backups keep, names nobody. It goes when the claim's insured is erased. */
export interface EvidencePlace {
  readonly insurer: string;
  readonly claim: Handle;
  readonly evidence: Handle;
}

/** The bytes of a document, before anybody has sent them. `sha256` in hex. */
export interface EvidenceBytes {
  readonly sha256: string;
  readonly sizeBytes: bigint;
  readonly contentType: string;
}

/** A request that whoever holds it may send until `expiresAt`, with exactly these headers. */
export interface PresignedRequest {
  readonly method: "GET" | "PUT";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly expiresAt: Instant;
}

/**
 * Documents of claims. What is uploaded waits apart until it is kept; what is kept no upload reaches. Throws Unavailable.
 */
export interface EvidenceStore {
  /** A request that puts these very bytes there, once: the store refuses any other checksum, size or type. */
  upload(place: EvidencePlace, bytes: EvidenceBytes): Promise<PresignedRequest>;
  /** Checksum and size, by the store's own reckoning, of what was uploaded; undefined where nothing was. */
  uploaded(place: EvidencePlace): Promise<Omit<EvidenceBytes, "contentType"> | undefined>;
  /** Keeps what was uploaded. May be repeated. */
  keep(place: EvidencePlace): Promise<void>;
  /** A request that gets what was kept, as `contentType`, to be saved and never shown as a page. */
  download(place: EvidencePlace, contentType: string): Promise<PresignedRequest>;
}

/** The two folders of a claim's documents, for whoever erases them: first what could still be copied to the other. */
export const evidenceFolders = (insurer: string, claim: Handle): readonly string[] =>
  (["incoming", "kept"] as const).map((state) => `${state}/${insurer}/${claim}/`);

/** The key of a document that waits, or is kept. */
export const evidenceKey = (
  state: "kept" | "incoming",
  { insurer, claim, evidence }: EvidencePlace,
): string => `${state}/${insurer}/${claim}/${evidence}`;
