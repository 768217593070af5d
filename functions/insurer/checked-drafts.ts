import { committedPackSchema } from "../../shared/api/committed.ts";
import { keptJson } from "../../shared/api/committed-reply.ts";
import { etagOf } from "../../shared/api/etag.ts";
import { draftViewSchema } from "../../shared/api/pack-views.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { type Refusal, refuse } from "../../shared/base/refusal.ts";
import { checkPack } from "../../shared/coverage/analysis/check-pack.ts";
import { perform, refuseStale } from "../command/perform.ts";
import { recordedOf } from "../command/recorded.ts";
import { callerOf } from "../http/callers.ts";
import { commandReply, type ReplayedRefusal } from "../http/command-reply.ts";
import type { HttpRequest } from "../http/event.ts";
import { type HttpReply, jsonReply } from "../http/reply.ts";
import { publishIn } from "../operator/publish-pack.ts";
import { packsOf } from "./packs.ts";
import type { InsurerPorts } from "./ports.ts";

type OnDraft = HttpRequest<{ draft: Handle }, unknown>;

const noDraft = refuse("not-found", "There is no such draft.");

/** `GET /insurers/{insurer}/drafts/{draft}`: with the check's findings; nothing is recorded. */
export async function readDraft(
  ports: InsurerPorts,
  { params, callers }: OnDraft,
): Promise<HttpReply | Refusal> {
  const { insurer } = callerOf(callers);
  const found = await ports.drafts.find(insurer, params.draft);
  if (!found) return noDraft;
  const { content: text, ...named } = found;
  const [seen] = await packsOf(ports, insurer, [found.pack]);
  const findings = checkPack(utf8(text)).findings.map(
    ({ severity, code, where, rule, message, help }) => ({
      severity,
      code,
      where,
      rule,
      message,
      help,
    }),
  );
  const etag = etagOf(seen?.version ?? 0n);
  return jsonReply(draftViewSchema, { ...named, text, findings }, { etag });
}

/** `POST /insurers/{insurer}/drafts/{draft}/publication`: a text that is refused stays a draft. */
export async function publishDraft(
  ports: InsurerPorts,
  { params, callers, asked }: OnDraft,
  now: Instant,
): Promise<HttpReply | Refusal | ReplayedRefusal> {
  const caller = callerOf(callers);
  const { insurer } = caller;
  const found = await ports.drafts.find(insurer, params.draft);
  if (!found) return noDraft;
  const { compiled, findings } = checkPack(utf8(found.content));
  const broken = !compiled || findings.some(({ severity }) => severity === "error");
  const reply = await perform(ports, caller, asked, now, async (transaction, act) => {
    const before = await transaction.stream("pack", found.pack);
    const stale = refuseStale(asked, before?.version ?? 0n);
    if (stale) return stale;
    if (broken) return refuse("wrong-state", "The draft has errors: read it to see which.");
    const appended = await publishIn(ports, transaction, found, compiled, act);
    if ("refused" in appended) return appended;
    const etag = etagOf(appended.record.version);
    const location = `/insurers/${insurer}/packs/${found.pack}`;
    const result = { pack: found.pack, status: "published", ...recordedOf(appended) };
    const reply = keptJson(committedPackSchema, result, { location, etag });
    return { result, reply, about: caller.person };
  });
  return commandReply(insurer, reply);
}
