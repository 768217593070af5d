import * as z from "zod";
import { keptJson } from "../../shared/api/committed-reply.ts";
import {
  type ChangedDecision,
  type ChangedQuery,
  changedDecisionsSchema,
  maxShadowed,
  shadowPath,
  shadowSchema,
} from "../../shared/api/shadow-views.ts";
import { fromUtf8 } from "../../shared/base/bytes.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import { neverBegun } from "../command/attempt.ts";
import { newHandle } from "../command/handle.ts";
import type { JobName } from "../command/job-shelf.ts";
import { perform } from "../command/perform.ts";
import {
  changesFile,
  changesPerFile,
  changesSchema,
  type KeptShadow,
  shadowJobs,
  shadowKeptUs,
  shadowView,
} from "../command/shadow-job.ts";
import { signedSize } from "../command/signed-size.ts";
import { callerOf } from "../http/callers.ts";
import { commandReply, type ReplayedRefusal } from "../http/command-reply.ts";
import { cursorsOf } from "../http/cursor.ts";
import type { HttpRequest } from "../http/event.ts";
import { type HttpReply, jsonReply } from "../http/reply.ts";
import type { InsurerPorts } from "./ports.ts";

/** Shadows of one insurer that may wait at once. */
const mostWaiting = 4;

/**
 * `POST /insurers/{insurer}/drafts/{draft}/shadows`: what its key keeps first, then the job in the queue; repeated under the key it queues the same one. Of requests
 * at one moment more than may wait may pass: the job takes one after another.
 */
export async function askShadow(
  ports: InsurerPorts,
  { params: { draft }, callers, asked }: HttpRequest<{ draft: Handle }, unknown>,
  now: Instant,
): Promise<HttpReply | Refusal | ReplayedRefusal> {
  const caller = callerOf(callers);
  const { insurer } = caller;
  const found = await ports.drafts.find(insurer, draft);
  if (!found) return refuse("not-found", "There is no such draft.");
  const fresh = newHandle(ports.random);
  const entries = await signedSize(ports.published, insurer);
  const reply = await perform(ports, caller, asked, now, async () => {
    const refused = await refuseShadow(ports, insurer, entries);
    if (refused) return refused;
    const result = {
      shadow: fresh,
      draft,
      state: "waiting" as const,
      failure: null,
      entries,
      result: null,
      expires: now + shadowKeptUs,
    };
    const location = shadowPath(insurer, draft, fresh);
    const answer = keptJson(shadowSchema, result, { status: 202, location });
    return { result, reply: answer, about: caller.person };
  });
  const answer = commandReply(insurer, reply);
  if (isRefusal(answer) || "keptRefusal" in answer) return answer;
  const view = z.decode(shadowSchema, JSON.parse(fromUtf8(answer.body, "kept reply")));
  if (view.expires > now) {
    const job = { ...view, content: found.content, ...neverBegun };
    await shadowJobs.begin(ports.jobs, { insurer, id: view.shadow }, job);
  }
  return answer;
}

async function refuseShadow(
  { jobs }: Pick<InsurerPorts, "jobs">,
  insurer: string,
  entries: bigint,
): Promise<Refusal | undefined> {
  if (entries === 0n) return refuse("not-now", "Nothing of the log is signed yet.");
  if (entries > maxShadowed) {
    const detail = `A shadow looks at ${maxShadowed} entries at most: run it on a bundle.`;
    return refuse("limit-exceeded", detail);
  }
  const waiting = await shadowJobs.waiting(jobs, mostWaiting, insurer);
  if (waiting.length < mostWaiting) return undefined;
  return refuse("not-now", "Other shadows wait already: read them first.");
}

type ById<Query = unknown> = HttpRequest<{ draft: Handle; id: Handle }, unknown, Query>;

const none = refuse("not-found", "There is no such shadow, or it was thrown away.");

async function found(
  { jobs }: Pick<InsurerPorts, "jobs">,
  name: JobName,
  draft: Handle,
  now: Instant,
): Promise<KeptShadow | undefined> {
  const kept = await shadowJobs.read(jobs, name);
  return kept && kept.job.draft === draft && kept.job.expires > now ? kept : undefined;
}

/** `GET /insurers/{insurer}/drafts/{draft}/shadows/{id}`. */
export async function readShadow(
  ports: InsurerPorts,
  { params: { draft, id }, callers }: ById,
  now: Instant,
): Promise<HttpReply | Refusal> {
  const kept = await found(ports, { insurer: callerOf(callers).insurer, id }, draft, now);
  if (!kept) return none;
  const view = shadowView(kept);
  return jsonReply(shadowSchema, view, view.state === "waiting" ? { "retry-after": "2" } : {});
}

/** `GET /insurers/{insurer}/drafts/{draft}/shadows/{id}/changes`: in the order of the log; none before it is done. */
export async function listShadowed(
  ports: InsurerPorts,
  { params: { draft, id }, callers, query: { limit, cursor } }: ById<ChangedQuery>,
  now: Instant,
): Promise<HttpReply | Refusal> {
  const caller = callerOf(callers);
  const name = { insurer: caller.insurer, id };
  const kept = await found(ports, name, draft, now);
  if (!kept) return none;
  const all = Number(kept.job.result?.changed ?? 0n);
  const cursors = await cursorsOf<number>(ports.keys, caller, "shadowed", { shadow: id });
  let at = cursors.read(cursor) ?? 0;
  const items: ChangedDecision[] = [];
  while (at < all && items.length < limit) {
    const file = Math.floor(at / changesPerFile);
    const from = at - file * changesPerFile;
    const some = (await changesOf(ports, name, file)).slice(from, from + limit - items.length);
    if (some.length === 0) throw new Error("bug: changes that were counted are not there");
    items.push(...some);
    at += some.length;
  }
  const next = at < all ? { next: cursors.write(at) } : {};
  return jsonReply(changedDecisionsSchema, { items, ...next });
}

async function changesOf(
  { jobs }: Pick<InsurerPorts, "jobs">,
  name: JobName,
  number: number,
): Promise<readonly ChangedDecision[]> {
  const key = shadowJobs.fileKey(name, changesFile(number));
  const kept = key === undefined ? undefined : await jobs.get(key);
  return kept ? z.decode(changesSchema, JSON.parse(fromUtf8(kept.bytes, "changes"))) : [];
}
