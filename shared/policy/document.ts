import * as z from "zod";
import type { Act } from "../base/actor.ts";
import { utf8 } from "../base/bytes.ts";
import { countCodec, handleSchema, instantCodec } from "../base/codec.ts";
import { type DomainEvent, eventForm, eventOf, type Seen } from "../base/event.ts";
import type { Handle } from "../base/handle.ts";
import { lazily } from "../base/lazily.ts";
import { type Refusal, refuse } from "../base/refusal.ts";
import type { InsurerState } from "./insurer.ts";
import { strandSchema } from "./journal.ts";

/** Most characters of a document's data as Ion text: a document of QLDB had at most 128 KiB in binary, and a receipt holds what its record seals. */
export const mostDataText = 512 * 1024;
/** Most bytes of the same as a JSON string, which quotes and letters beyond ASCII make longer: a part of a record is one column of Aurora DSQL, of 1 MiB. */
export const mostDataBytes = 768 * 1024;
/** How many bytes a document's data has as a JSON string. */
export const dataBytes = (data: string): number => utf8(JSON.stringify(data)).length;
/** Most characters of a revision's metadata as Ion text: an id, a transaction's id, a time and a number. */
export const mostMetadataText = 4_096;
/** Most hashes of a revision's proof: those of its block, then one for each level of the journal's tree. */
export const mostProofHashes = 96;

/** 32 bytes in base64, as QLDB's tools show hashes. */
export const ionHashSchema = z.string().regex(/^[A-Za-z0-9+/]{43}=$/, "is not a hash in base64");

const importedSchema = () =>
  z.strictObject({
    /** Whose data it is: a handle of the document's own, so that it can be erased by itself. */
    subject: handleSchema,
    strandId: strandSchema,
    documentId: strandSchema,
    /** The name of the table that the block's transaction says; null where it says none. No hash of the revision covers it. */
    table: z.string().max(128).nullable(),
    /** The version it had there, from 0. */
    revision: countCodec,
    /** Sequence number of the block. */
    block: countCodec,
    /** Ion text: id, version, txId, txTime. */
    metadata: z.string().max(mostMetadataText),
    /** Ion text; of a redacted revision there is `dataHash`, of a deletion neither. */
    data: z
      .string()
      .max(mostDataText)
      .refine((data) => dataBytes(data) <= mostDataBytes, `has over ${mostDataBytes} bytes`)
      .optional(),
    dataHash: ionHashSchema.optional(),
    /** The revision's hash in the journal. */
    hash: ionHashSchema,
    /** Leaf to root: what leads from `hash` to `digest`. */
    proof: z.array(ionHashSchema).max(mostProofHashes),
    /** The digest of the whole journal, at its last block. */
    digest: ionHashSchema,
    now: instantCodec,
  });
/** One revision of a document, brought from a QLDB journal. Whether its hash and proof are right is for whoever records it, and for the audit. */
export const importedForm = eventForm("document.imported", importedSchema);
export type Imported = z.output<ReturnType<typeof importedSchema>>;

export interface DocumentState {
  readonly subject: Handle;
  readonly strandId: string;
  readonly documentId: string;
  /** The digest that all of its revisions are proven in. */
  readonly digest: string;
  /** The newest revision's version there, and the block of it. */
  readonly revision: bigint;
  readonly block: bigint;
}

/** How a document's state is kept. */
export const documentStateSchema = lazily(() =>
  z.strictObject({
    subject: handleSchema,
    strandId: z.string().max(64),
    documentId: z.string().max(64),
    digest: z.string().max(44),
    revision: countCodec,
    block: countCodec,
  }),
);

/** Why an export can't go on where one of another length began: proofs of two digests would stand beside one another. */
export const otherExport = refuse(
  "stale",
  "Another export of this journal was begun: import that one to its end.",
  "digest",
);

/** Records a revision as the next of its document, by a machine, while its journal is not whole yet. */
export function importDocument(
  insurer: Seen<InsurerState>,
  before: Seen<DocumentState> | undefined,
  stream: Handle,
  { now: _, ...content }: Omit<Imported, "now"> & { readonly now?: unknown },
  act: Act,
): DomainEvent | Refusal {
  if (act.kind !== "machine") return refuse("not-permitted", "A machine imports a journal.");
  if (insurer.state.journals?.some(({ strandId }) => strandId === content.strandId)) {
    return refuse("duplicate", "This journal was imported to its end.", "strandId");
  }
  if (content.data !== undefined && content.dataHash !== undefined) {
    return refuse("wrong-state", "A revision has data, or the hash that is left of it.", "data");
  }
  const state = before?.state;
  const same =
    !state ||
    (["subject", "strandId", "documentId"] as const).every((key) => state[key] === content[key]);
  if (!same) return refuse("wrong-state", "The stream is another document's.", "documentId");
  if (state && state.digest !== content.digest) return otherExport;
  if (state && (content.revision <= state.revision || content.block < state.block)) {
    return refuse("wrong-state", "Revisions come in their order.", "revision");
  }
  return eventOf(importedForm, stream, { ...content, now: act.now });
}

/** The document after `event`. */
export function evolveDocument(event: DomainEvent): DocumentState {
  const { subject, strandId, documentId, digest, revision, block } = event.content as Imported;
  return { subject, strandId, documentId, digest, revision, block };
}
