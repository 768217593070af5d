import type * as z from "zod";
import type { erasureBodySchema, exportQuery } from "../../shared/api/me-views.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { isRefusal, type Refusal } from "../../shared/base/refusal.ts";
import type { CommandPorts } from "../command/commit.ts";
import { type ExportPosition, exportOwn } from "../command/own-export.ts";
import { requestOwn } from "../eraser/requests.ts";
import { callerOf } from "../http/callers.ts";
import { commandReply, type ReplayedRefusal } from "../http/command-reply.ts";
import { cursorsOf } from "../http/cursor.ts";
import type { HttpRequest } from "../http/event.ts";
import { type HttpReply, jsonTextReply } from "../http/reply.ts";
import { chosen } from "./lists.ts";

/** Insurer, kind, policy or claim, when that was submitted ("" of a policy), stream, version. */
type Written = [string, "policy" | "claim", string, string, string, string];

/** `GET /me/export`: every record about the caller, their own fields laid open. */
export async function exportMine(
  commands: CommandPorts,
  { callers, query }: HttpRequest<unknown, unknown, z.output<typeof exportQuery>>,
): Promise<HttpReply | Refusal> {
  const own = chosen(callers, query.insurer);
  if (isRefusal(own)) return own;
  const filter = { insurer: query.insurer ?? null };
  const cursors = await cursorsOf<Written>(commands.keys, own[0], "export", filter);
  const before = cursors.read(query.cursor);
  const page = await exportOwn(commands, own, before && positionOf(before), query.limit);
  const next = page.end && cursors.write(writtenOf(page.end));
  const tail = next ? `,"next":${JSON.stringify(next)}` : "";
  return jsonTextReply(`{"items":[${page.items.join(",")}]${tail}}`);
}

const writtenOf = ({ thing, stream, version }: ExportPosition): Written =>
  thing.kind === "policy"
    ? [thing.insurer, "policy", thing.policy, "", stream, version.toString()]
    : [
        thing.insurer,
        "claim",
        thing.claim,
        thing.submittedAt.toString(),
        stream,
        version.toString(),
      ];

const positionOf = ([
  insurer,
  kind,
  name,
  submittedAt,
  stream,
  version,
]: Written): ExportPosition => ({
  thing:
    kind === "policy"
      ? { insurer, kind, policy: name }
      : { insurer, kind, claim: name, submittedAt: BigInt(submittedAt) },
  stream,
  version: BigInt(version),
});

/** `POST /me/erasure`: asks; it is another person's to approve, and the eraser's to do. */
export async function askErasure(
  commands: CommandPorts,
  { body, callers, asked }: HttpRequest<unknown, z.output<typeof erasureBodySchema>>,
  now: Instant,
): Promise<HttpReply | Refusal | ReplayedRefusal> {
  const caller = callerOf(callers, body.insurer);
  return commandReply(body.insurer, await requestOwn(commands, caller, body.classes, asked, now));
}
