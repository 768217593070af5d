import type * as z from "zod";
import { type AuditorKey, disclosedSchema } from "../../shared/api/audit-views.ts";
import { keptJson } from "../../shared/api/committed-reply.ts";
import { formatOpeningLine, openingLine } from "../../shared/audit/opening-line.ts";
import { fromHex, fromUtf8, utf8 } from "../../shared/base/bytes.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import { discloseOpenings as disclose } from "../../shared/policy/disclosure.ts";
import type { Caller } from "../../shared/ports/claims.ts";
import { openRecord } from "../command/openings.ts";
import { perform } from "../command/perform.ts";
import { firstFound } from "../http/callers.ts";
import { commandReply, type ReplayedRefusal } from "../http/command-reply.ts";
import type { HttpRequest } from "../http/event.ts";
import { type HttpReply, jsonReply } from "../http/reply.ts";
import { closeFor } from "./envelope.ts";
import type { AuditorPorts } from "./ports.ts";
import { jwkOf, thumbprintOf } from "./thumbprint.ts";

/** What is kept under the request's key: that openings were given, not the openings, so that an erasure has nothing to find there. */
const givenSchema = disclosedSchema.omit({ openings: true });
type Given = z.output<typeof givenSchema>;

type Asked = HttpRequest<{ leafHash: string }, { key?: AuditorKey | undefined }>;

/** `POST /records/{leafHash}/openings`: what one record seals, to an auditor of its insurer; that it was given is a record first. */
export const discloseOpenings = (
  ports: Pick<AuditorPorts, "commands">,
  request: Asked,
  now: Instant,
): Promise<HttpReply | Refusal | ReplayedRefusal> =>
  firstFound<HttpReply | ReplayedRefusal>(request.callers, (caller) =>
    openOne(ports, caller, request, now),
  );

async function openOne(
  { commands }: Pick<AuditorPorts, "commands">,
  caller: Caller,
  { params: { leafHash }, body: { key }, asked }: Asked,
  now: Instant,
): Promise<HttpReply | Refusal | ReplayedRefusal> {
  const { insurer } = caller;
  const found = await commands.store.recordByLeaf(fromHex(leafHash, "leafHash"));
  if (found?.insurer !== insurer) return refuse("not-found", "No record has this leaf hash.");
  const { index, stream, version } = found;
  if (index === null) return refuse("wrong-state", "The record has no place in the log yet.");
  const leaves = await commands.store.leaves(insurer, stream, version);
  if (leaves.length === 0) return refuse("wrong-state", "The record is public: it seals nothing.");
  const openings = await openRecord(commands, insurer, found);
  if (openings.length === 0) return refuse("erased", "Nobody can open this record any more.");
  const print = key ? thumbprintOf(key) : null;
  const reply = await perform<Given>(commands, caller, asked, now, async (on, act) => {
    const event = disclose(await on.insurer(), { from: index, to: index + 1n, key: print }, act);
    if (isRefusal(event)) return event;
    await on.append(event, act);
    const result = { leafHash, index, key: print };
    return { result, reply: keptJson(givenSchema, result), about: caller.person };
  });
  if (isRefusal(reply) || "keptRefusal" in reply) return commandReply(insurer, reply);
  const line = utf8(formatOpeningLine(openingLine(index, leaves, openings)));
  const shown = fromUtf8(key ? await closeFor(jwkOf(key), line) : line, "openings");
  const answer = commandReply(insurer, reply);
  if (isRefusal(answer) || "keptRefusal" in answer) return answer;
  const disclosed = { leafHash, index, key: print, openings: shown };
  return { ...answer, body: jsonReply(disclosedSchema, disclosed).body };
}
