import * as z from "zod";
import { countCodec } from "../base/codec.ts";
import { type DomainEvent, eventForm, eventOf, type Seen } from "../base/event.ts";
import { type Refusal, refuse } from "../base/refusal.ts";
import { type InsurerState, mostJournals } from "./insurer.ts";

/** A strand's or document's id as QLDB gave it: base62. */
export const strandSchema = z.string().regex(/^[A-Za-z0-9]{1,64}$/, "is not an id of QLDB");
const digestSchema = z.string().regex(/^[A-Za-z0-9+/]{43}=$/, "is not a digest in base64");

/** Most saved digests that a record names. */
export const mostSaved = 16;

/**
 * A QLDB journal that was imported to its end: its strand, how many blocks it has from 0 on, the digest they lead to, the saved digests that were recomputed
 * from them (each with the block it was taken at), and what was recorded: documents and their revisions, of these the redacted ones and the deletions.
 * `hashOnly` revisions show nothing but a hash and have no record; `erased` ones are of documents that were erased before the import ended, and are not among the others.
 */
const journalSchema = () =>
  z.strictObject({
    strandId: strandSchema,
    blocks: countCodec,
    digest: digestSchema,
    saved: z.array(z.strictObject({ block: countCodec, digest: digestSchema })).max(mostSaved),
    documents: countCodec,
    revisions: countCodec,
    redacted: countCodec,
    deletions: countCodec,
    hashOnly: countCodec,
    erased: countCodec,
  });
export const journalForm = eventForm("journal.imported", journalSchema);
export type ImportedJournal = z.output<ReturnType<typeof journalSchema>>;

/** Records that a journal is here to its end: once. */
export function recordJournal(
  insurer: Seen<InsurerState>,
  journal: ImportedJournal,
): DomainEvent | Refusal {
  const { journals = [] } = insurer.state;
  if (journals.some(({ strandId }) => strandId === journal.strandId)) {
    return refuse("duplicate", "This journal was imported to its end.", "strandId");
  }
  if (journals.length >= mostJournals) {
    return refuse("wrong-state", `An insurer imports at most ${mostJournals} journals.`);
  }
  return eventOf(journalForm, insurer.stream, journal);
}
