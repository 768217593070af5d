import type * as z from "zod";
import { keptJson } from "../../shared/api/committed-reply.ts";
import { etagOf } from "../../shared/api/etag.ts";
import {
  type DraftsQuery,
  type draftBodySchema,
  draftPageSchema,
  draftSchema,
  type PackView,
  packPageSchema,
  packViewSchema,
} from "../../shared/api/pack-views.ts";
import type { Seen } from "../../shared/base/event.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { type Refusal, refuse } from "../../shared/base/refusal.ts";
import type { PackState } from "../../shared/policy/pack.ts";
import type { Draft } from "../../shared/ports/drafts.ts";
import { newHandle } from "../command/handle.ts";
import { perform } from "../command/perform.ts";
import { openStream } from "../command/rows.ts";
import { callerOf } from "../http/callers.ts";
import { commandReply, type ReplayedRefusal } from "../http/command-reply.ts";
import type { HttpRequest } from "../http/event.ts";
import { type HttpReply, jsonReply } from "../http/reply.ts";
import { pageBy } from "./paging.ts";
import type { InsurerPorts } from "./ports.ts";

type Answer = Promise<HttpReply | Refusal | ReplayedRefusal>;

/** The packs of these streams that are there. */
export async function packsOf(
  ports: InsurerPorts,
  insurer: string,
  packs: readonly Handle[],
): Promise<readonly Seen<PackState>[]> {
  if (packs.length === 0) return [];
  const rows = await ports.store.read(insurer, (on) => on.streams("pack", packs));
  const slots = await Promise.all(rows.map((row) => openStream(ports, insurer, row)));
  return slots.flatMap((slot) => (slot ? [{ ...slot, state: slot.state as PackState }] : []));
}

const viewOf = ({ stream, state }: Seen<PackState>): PackView => {
  const { pack: id, dateBasis, version, versions } = state;
  return { pack: stream, id, dateBasis, version, versions };
};

/** `GET /insurers/{insurer}/packs`. */
export async function listPacks(
  ports: InsurerPorts,
  { callers }: HttpRequest<unknown, unknown>,
): Promise<HttpReply> {
  const { insurer } = callerOf(callers);
  const packs = await packsOf(ports, insurer, await ports.store.packs(insurer));
  return jsonReply(packPageSchema, { items: packs.map(viewOf) });
}

/** `GET /insurers/{insurer}/packs/{pack}`. */
export async function readPack(
  ports: InsurerPorts,
  { params, callers }: HttpRequest<{ pack: Handle }, unknown>,
): Promise<HttpReply | Refusal> {
  const [seen] = await packsOf(ports, callerOf(callers).insurer, [params.pack]);
  if (!seen) return refuse("not-found", "There is no such rule pack.");
  return jsonReply(packViewSchema, viewOf(seen), { etag: etagOf(seen.version) });
}

/** `POST /insurers/{insurer}/drafts`: a row that never changes and the answer its key keeps, in one transaction. */
export async function writeDraft(
  ports: InsurerPorts,
  { body, callers, asked }: HttpRequest<unknown, z.output<typeof draftBodySchema>>,
  now: Instant,
): Answer {
  const caller = callerOf(callers);
  const { insurer, person: author } = caller;
  const [draft, fresh] = [newHandle(ports.random), newHandle(ports.random)];
  const location = `/insurers/${insurer}/drafts/${draft}`;
  const reply = await perform(ports, caller, asked, now, async (transaction) => {
    if (body.pack && !(await transaction.stream("pack", body.pack))) {
      return refuse("no-pack", "There is no such rule pack.", "pack");
    }
    const result = { draft, pack: body.pack ?? fresh, author, createdAt: now };
    transaction.addRow({ kind: "draft", row: { ...result, content: body.text } });
    return { result, reply: keptJson(draftSchema, result, { location }), about: author };
  });
  return commandReply(insurer, reply);
}

/** `GET /insurers/{insurer}/drafts`. */
export async function listDrafts(
  ports: InsurerPorts,
  { callers, query }: HttpRequest<unknown, unknown, DraftsQuery>,
): Promise<HttpReply> {
  const caller = callerOf(callers);
  const { limit, cursor } = query;
  const { rows, next } = await pageBy<Omit<Draft, "content">>(ports.keys, caller, {
    list: "drafts",
    filter: {},
    cursor,
    limit,
    placeOf: ({ createdAt, draft }) => ({ value: createdAt, stream: draft }),
    read: (after, most) => ports.drafts.list(caller.insurer, after, most),
  });
  return jsonReply(draftPageSchema, { items: rows, ...(next ? { next } : {}) });
}
