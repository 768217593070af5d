import * as z from "zod";
import {
  type AuditorKey,
  type Export,
  exportPath,
  exportSchema,
} from "../../shared/api/audit-views.ts";
import { keptJson } from "../../shared/api/committed-reply.ts";
import { fromUtf8 } from "../../shared/base/bytes.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { assert } from "../../shared/base/malformed.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import { discloseOpenings } from "../../shared/policy/disclosure.ts";
import { neverBegun } from "../command/attempt.ts";
import { newHandle } from "../command/handle.ts";
import { perform } from "../command/perform.ts";
import { signedSize } from "../command/signed-size.ts";
import { commandReply, type ReplayedRefusal } from "../http/command-reply.ts";
import type { HttpRequest } from "../http/event.ts";
import { type HttpReply, jsonReply } from "../http/reply.ts";
import { exportJobs, exportKeptUs, exportOrders } from "./export-job.ts";
import type { AuditorPorts } from "./ports.ts";
import { rangeOf, wholeOrRange } from "./range.ts";
import { thumbprintOf } from "./thumbprint.ts";

/** More entries than one job can open in its time: `audit export`, which has no such limit, is for these. */
export const mostExported = 250_000n;
/** Exports of one insurer that may wait at once. */
const mostWaiting = 4;

type Asked = HttpRequest<{ insurer: string }, { key?: AuditorKey | undefined }>;

/**
 * `POST /logs/{insurer}/exports`: records that all openings of the log are given to the caller, then queues the job that writes them. A request that
 * is repeated under its key queues the same job, so that one whose answer was lost between the two is made after all.
 */
export async function askExport(
  { commands, published, auditing }: AuditorPorts,
  { params: { insurer }, body, callers, asked }: Asked,
  now: Instant,
): Promise<HttpReply | Refusal | ReplayedRefusal> {
  const [caller] = callers;
  const key = body.key ?? null;
  assert(caller?.insurer === insurer, "the caller is the insurer's that the path names");
  const entries = await signedSize(published, insurer);
  const id = newHandle(commands.random);
  const print = key === null ? null : thumbprintOf(key);
  const reply = await perform<Export>(commands, caller, asked, now, async (transaction, act) => {
    const tooMuch = await refuseMore(auditing, insurer, entries);
    if (tooMuch) return tooMuch;
    const given = { from: 0n, to: entries, key: print };
    const event = discloseOpenings(await transaction.insurer(), given, act);
    if (isRefusal(event)) return event;
    await transaction.append(event, act);
    const result = {
      export: id,
      state: "waiting" as const,
      entries,
      key: print,
      expires: now + exportKeptUs,
    };
    const location = exportPath(insurer, id);
    const answer = keptJson(exportSchema, result, { status: 202, location });
    return { result, reply: answer, about: caller.person };
  });
  if (isRefusal(reply) || "keptRefusal" in reply) return commandReply(insurer, reply);
  const { body: answer } = "kept" in reply ? reply.kept : reply.reply;
  const view = z.decode(exportSchema, JSON.parse(fromUtf8(answer, "kept reply")));
  if (view.expires > now) {
    const name = { insurer, id: view.export };
    const by = caller.person;
    const order = await exportOrders.close(commands, name, by, { entries: view.entries, key });
    await exportJobs.begin(auditing, name, { ...view, by, order, ...neverBegun });
  }
  return commandReply(insurer, reply);
}

/** Why no other export can be made now. Of requests at one moment more may pass: the job takes one after another. */
async function refuseMore(
  auditing: AuditorPorts["auditing"],
  insurer: string,
  entries: bigint,
): Promise<Refusal | undefined> {
  if (entries > mostExported) {
    return refuse("limit-exceeded", `An export has at most ${mostExported} entries.`);
  }
  const waiting = await exportJobs.waiting(auditing, mostWaiting, insurer);
  if (waiting.length < mostWaiting) return undefined;
  return refuse("not-now", "Other exports of this log wait already: fetch them first.");
}

type ById = HttpRequest<{ insurer: string; id: Handle }, unknown>;

/** `GET /logs/{insurer}/exports/{id}`: to whoever asked for it. */
export async function readExport(
  { auditing }: Pick<AuditorPorts, "auditing">,
  { params: { insurer, id }, callers }: ById,
  now: Instant,
): Promise<HttpReply | Refusal> {
  const kept = await exportJobs.read(auditing, { insurer, id });
  if (!kept || kept.job.by !== callers[0]?.person || kept.job.expires <= now) return none;
  const { by: _, order: __, attempts: ___, begun: ____, ...view } = kept.job;
  const reply = jsonReply(exportSchema, view);
  const again = view.state === "waiting" ? { "retry-after": "2" } : {};
  return { ...reply, headers: { ...reply.headers, ...again } };
}

/** `GET /logs/{insurer}/exports/{id}/files/{path+}`: to whoever asked for it, once it is done. */
export async function readExportFile(
  { auditing }: Pick<AuditorPorts, "auditing">,
  request: HttpRequest<{ insurer: string; id: Handle; path: string }, unknown>,
  now: Instant,
): Promise<HttpReply | Refusal> {
  const { insurer, id, path } = request.params;
  const kept = await exportJobs.read(auditing, { insurer, id });
  if (!kept || kept.job.by !== request.callers[0]?.person || kept.job.expires <= now) return none;
  if (kept.job.state !== "done") return refuse("wrong-state", "The export is not done.");
  const key = exportJobs.fileKey({ insurer, id }, path);
  const file = key && (await auditing.get(key));
  if (!file) return refuse("not-found", "The export has no such file.");
  return wholeOrRange(file.bytes, rangeOf(request.header("range")));
}

const none = refuse("not-found", "There is no such export, or it was thrown away.");
