import type { EvidencePlace, EvidenceStore } from "./evidence.ts";

/** Files that somebody uploads for a job: put once by a request signed beforehand, read in pieces, and deleted by whoever is done with them. Throws Unavailable. */
export interface Uploads extends Pick<EvidenceStore, "upload" | "uploaded"> {
  /** The bytes from `from` up to `to` (exclusive), which are there; undefined where nothing was uploaded, or it is gone. */
  read(place: EvidencePlace, from: number, to: number): Promise<Uint8Array | undefined>;
  /** Deletes the file; absent is fine. */
  remove(place: EvidencePlace): Promise<void>;
}
