import type { KeptReply } from "../../shared/api/committed-reply.ts";
import {
  committedEvidenceSchema,
  type EvidenceItem,
  evidenceListSchema,
  evidenceViewSchema,
  uploadSchema,
} from "../../shared/api/evidence-views.ts";
import { fromUtf8 } from "../../shared/base/bytes.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import type { Declaration } from "../../shared/claim/declaration.ts";
import type { Evidence } from "../../shared/claim/state.ts";
import type { Caller } from "../../shared/ports/claims.ts";
import type { EvidenceStore } from "../../shared/ports/evidence.ts";
import type { CommandPorts } from "../command/commit.ts";
import { confirmOwn, declareOwn, evidenceOf } from "../command/evidence.ts";
import { firstFound } from "../http/callers.ts";
import { commandReply, type ReplayedRefusal } from "../http/command-reply.ts";
import type { HttpRequest } from "../http/event.ts";
import { type HttpReply, jsonReply } from "../http/reply.ts";
import { withMember } from "../http/with-member.ts";

/** What documents take: commands, and where the bytes lie. */
export interface EvidencePorts {
  readonly commands: CommandPorts;
  readonly evidence: EvidenceStore;
}

type Command = Promise<HttpReply | Refusal | ReplayedRefusal>;
type OfClaim<Body = unknown> = HttpRequest<{ id: Handle }, Body>;
type OfDocument = HttpRequest<{ id: Handle; evidence: Handle }, unknown>;

const noDocument = () => refuse("not-found", "The claim has no such document.");

/** `POST /claims/{id}/evidence`: the answer under the key is the record's; the upload beside it is signed anew each time it is asked for. */
export const declareEvidence = (
  { commands, evidence: store }: EvidencePorts,
  { params, body, callers, asked }: OfClaim<Declaration>,
  now: Instant,
): Command =>
  firstFound<HttpReply | ReplayedRefusal>(callers, async (caller) => {
    const { insurer } = caller;
    const done = await declareOwn(commands, caller, params.id, body, asked, now);
    if (isRefusal(done) || "keptRefusal" in done) return done;
    // Under a key that was used before, only the answer it was given says which document that was.
    const { evidence } = "kept" in done ? declaredIn(done.kept) : done.committed;
    const documents = await evidenceOf(commands, caller, params.id);
    if (isRefusal(documents)) return documents;
    const upload = await store.upload(documents.placeOf(evidence), body);
    return withMember(
      commandReply(insurer, done),
      "upload",
      JSON.stringify(uploadSchema.encode(upload)),
    );
  });

const declaredIn = ({ body }: KeptReply) =>
  committedEvidenceSchema.decode(JSON.parse(fromUtf8(body, "kept reply")));

/**
 * `POST /claims/{id}/evidence/{evidence}/confirmation`: what the store has is kept out of reach of its upload, then recorded. That nothing was uploaded yet is
 * no answer for good: it is not kept under the key.
 */
export const confirmEvidence = (
  { commands, evidence: store }: EvidencePorts,
  { params, callers, asked }: OfDocument,
  now: Instant,
): Command =>
  firstFound<HttpReply | ReplayedRefusal>(callers, async (caller) => {
    const documents = await evidenceOf(commands, caller, params.id);
    if (isRefusal(documents)) return documents;
    const declared = documents.all.find(({ evidence }) => evidence === params.evidence);
    if (!declared) return noDocument();
    const place = documents.placeOf(declared.evidence);
    const stored = await store.uploaded(place);
    if (!stored) return refuse("wrong-state", "Nothing was uploaded yet.");
    // Kept before the log says so; never of a claim that is over, whose person may be erased meanwhile.
    if (stored.sha256 === declared.sha256 && documents.open) await store.keep(place);
    const { id, evidence } = params;
    const { insurer } = caller;
    return commandReply(
      insurer,
      await confirmOwn(commands, caller, id, evidence, stored, asked, now),
    );
  });

/** `GET /claims/{id}/evidence`. */
export async function listEvidence(
  { commands }: EvidencePorts,
  { params, callers }: OfClaim,
): Promise<HttpReply | Refusal> {
  const ask = (caller: Caller) => evidenceOf(commands, caller, params.id);
  const documents = await firstFound(callers, ask);
  if (isRefusal(documents)) return documents;
  const evidence = documents.all.map(itemOf);
  return jsonReply(evidenceListSchema, { claim: params.id, evidence });
}

/** `GET /claims/{id}/evidence/{evidence}`: with its download, once it was confirmed. */
export async function readEvidence(
  { commands, evidence: store }: EvidencePorts,
  { params, callers }: OfDocument,
): Promise<HttpReply | Refusal> {
  const ask = (caller: Caller) => evidenceOf(commands, caller, params.id);
  const documents = await firstFound(callers, ask);
  if (isRefusal(documents)) return documents;
  const found = documents.all.find(({ evidence }) => evidence === params.evidence);
  if (!found) return noDocument();
  const { evidence, contentType, confirmedAt } = found;
  const place = documents.placeOf(evidence);
  return jsonReply(evidenceViewSchema, {
    ...itemOf(found),
    ...(confirmedAt === null ? {} : { download: await store.download(place, contentType) }),
  });
}

const itemOf = ({ title, confirmedAt, ...evidence }: Evidence): EvidenceItem => ({
  ...evidence,
  ...(title === null ? {} : { title }),
  ...(confirmedAt === null ? {} : { confirmedAt }),
});
