import * as z from "zod";
import { keptJson } from "../../shared/api/committed-reply.ts";
import { uploadSchema } from "../../shared/api/evidence-views.ts";
import {
  type ImportBody,
  importPath,
  importSchema,
  type LineResult,
  type LineResultsQuery,
  lineResultsSchema,
} from "../../shared/api/import-views.ts";
import { fromUtf8 } from "../../shared/base/bytes.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import type { Uploads } from "../../shared/ports/uploads.ts";
import type { CommandPorts } from "../command/commit.ts";
import { newHandle } from "../command/handle.ts";
import {
  chunkLines,
  importJobs,
  importKeptUs,
  importView,
  newImport,
  resultsFile,
  resultsSchema,
  uploadPlace,
} from "../command/import-job.ts";
import type { JobName } from "../command/job-shelf.ts";
import { perform } from "../command/perform.ts";
import { callerOf } from "../http/callers.ts";
import { commandReply, type ReplayedRefusal } from "../http/command-reply.ts";
import { cursorsOf } from "../http/cursor.ts";
import type { HttpRequest } from "../http/event.ts";
import { type HttpReply, jsonReply } from "../http/reply.ts";
import { withMember } from "../http/with-member.ts";

/** What imports take beside commands: where they are kept, and where their files are uploaded. */
export interface ImportPorts extends CommandPorts {
  readonly jobs: ObjectStore;
  readonly uploads: Pick<Uploads, "upload">;
}

/** Imports of one insurer that may wait at once. */
const mostWaiting = 4;
/** Files of results that one page looks into, for lines of one outcome. */
const mostFiles = 20;

const contentType = "application/x-ndjson";

/**
 * `POST /insurers/{insurer}/policy-imports`: what its key keeps first, then the job in the queue; repeated under the key it queues the same one, and signs the upload
 * anew. Of requests at one moment more than may wait may pass: the job takes one after another.
 */
export async function askImport(
  ports: ImportPorts,
  { body, callers, asked }: HttpRequest<unknown, ImportBody>,
  now: Instant,
): Promise<HttpReply | Refusal | ReplayedRefusal> {
  const caller = callerOf(callers);
  const { insurer } = caller;
  const fresh = newHandle(ports.random);
  const reply = await perform(ports, caller, asked, now, async () => {
    const waiting = await importJobs.waiting(ports.jobs, mostWaiting, insurer);
    if (waiting.length === mostWaiting) {
      return refuse("not-now", "Other imports wait already: upload their files first.");
    }
    const result = {
      import: fresh,
      state: "waiting" as const,
      failure: null,
      lines: null,
      issued: 0n,
      already: 0n,
      refused: 0n,
      expires: now + importKeptUs,
    };
    const location = importPath(insurer, fresh);
    const answer = keptJson(importSchema, result, { status: 202, location });
    return { result, reply: answer, about: caller.person };
  });
  const answer = commandReply(insurer, reply);
  if (isRefusal(answer) || "keptRefusal" in answer) return answer;
  const view = z.decode(importSchema, JSON.parse(fromUtf8(answer.body, "kept reply")));
  const name = { insurer, id: view.import };
  if (view.expires > now) {
    const job = await newImport(ports, name.id, caller, body, view, now);
    await importJobs.begin(ports.jobs, name, job);
  }
  const upload = await ports.uploads.upload(uploadPlace(name), { ...body, contentType });
  return withMember(answer, "upload", JSON.stringify(uploadSchema.encode(upload)));
}

type ById<Query = unknown> = HttpRequest<{ id: Handle }, unknown, Query>;

const none = refuse("not-found", "There is no such import, or it was thrown away.");

async function found({ jobs }: Pick<ImportPorts, "jobs">, name: JobName, now: Instant) {
  const kept = await importJobs.read(jobs, name);
  return kept && kept.job.expires > now ? kept : undefined;
}

/** `GET /insurers/{insurer}/policy-imports/{id}`. */
export async function readImport(
  ports: ImportPorts,
  { params: { id }, callers }: ById,
  now: Instant,
): Promise<HttpReply | Refusal> {
  const kept = await found(ports, { insurer: callerOf(callers).insurer, id }, now);
  if (!kept) return none;
  const goesOn = kept.job.state === "waiting" || kept.job.state === "importing";
  return jsonReply(importSchema, importView(kept), goesOn ? { "retry-after": "2" } : {});
}

/** `GET /insurers/{insurer}/policy-imports/{id}/results`: of the lines that are done so far, in their order. */
export async function listImported(
  ports: ImportPorts,
  { params: { id }, callers, query }: ById<LineResultsQuery>,
  now: Instant,
): Promise<HttpReply | Refusal> {
  const caller = callerOf(callers);
  const name = { insurer: caller.insurer, id };
  const kept = await found(ports, name, now);
  if (!kept) return none;
  const { limit, outcome, cursor } = query;
  const filter = { import: id, outcome: outcome ?? "any" };
  const cursors = await cursorsOf<number>(ports.keys, caller, "imported", filter);
  const { issued, already, refused } = kept.job;
  const done = Number(issued + already + refused);
  let line = cursors.read(cursor) ?? 0;
  const items: LineResult[] = [];
  for (let files = 0; files < mostFiles && line < done && items.length < limit; files++) {
    const chunk = Math.floor(line / chunkLines);
    const rows = await resultsOf(ports, name, chunk);
    for (const row of rows.slice(line - chunk * chunkLines)) {
      if (items.length === limit) break;
      line += 1;
      if (outcome === undefined || row.outcome === outcome) items.push(row);
    }
  }
  const next = line < done ? { next: cursors.write(line) } : {};
  return jsonReply(lineResultsSchema, { items, ...next });
}

async function resultsOf(
  { jobs }: Pick<ImportPorts, "jobs">,
  name: JobName,
  chunk: number,
): Promise<readonly LineResult[]> {
  const file = importJobs.fileKey(name, resultsFile(chunk));
  const kept = file === undefined ? undefined : await jobs.get(file);
  if (!kept) throw new Error("bug: lines that are done have no results");
  return z.decode(resultsSchema, JSON.parse(fromUtf8(kept.bytes, "results"))).lines;
}
