import * as z from "zod";
import { type Verdict, verdictSchema } from "../../shared/api/audit-views.ts";
import type { Finding } from "../../shared/audit/finding.ts";
import { fromUtf8, utf8 } from "../../shared/base/bytes.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { type Refusal, refuse } from "../../shared/base/refusal.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import type { HttpRequest } from "../http/event.ts";
import { type HttpReply, jsonReply } from "../http/reply.ts";
import type { AuditorPorts } from "./ports.ts";

const verdictKey = (insurer: string): string => `self-audit/${insurer}`;

/** The findings without what was expected and found, which may be sealed values. */
export const verdictOf = (at: Instant, entries: bigint, findings: readonly Finding[]): Verdict => ({
  at,
  entries,
  findings: findings.map(({ index, file, code }) => ({
    index: index === null ? null : BigInt(index),
    file,
    code,
  })),
});

/** Keeps the newest verdict on a log; where two are kept at once, either. Throws Unavailable. */
export async function keepVerdict(
  store: Pick<ObjectStore, "get" | "replace">,
  insurer: string,
  verdict: Verdict,
): Promise<void> {
  const before = await store.get(verdictKey(insurer));
  const bytes = utf8(JSON.stringify(z.encode(verdictSchema, verdict)));
  await store.replace(verdictKey(insurer), bytes, before?.tag);
}

/** `GET /logs/{insurer}/self-audit`. */
export async function readSelfAudit(
  { auditing }: Pick<AuditorPorts, "auditing">,
  { params: { insurer } }: HttpRequest<{ insurer: string }, unknown>,
): Promise<HttpReply | Refusal> {
  const kept = await auditing.get(verdictKey(insurer));
  if (!kept) return refuse("not-found", "The log was not audited yet.");
  return jsonReply(verdictSchema, z.decode(verdictSchema, JSON.parse(fromUtf8(kept.bytes))));
}
