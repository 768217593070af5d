import type * as z from "zod";
import {
  claimPageSchema,
  type ownClaimsQuery,
  type ownPoliciesQuery,
  policyPageSchema,
  policyViewSchema,
} from "../../shared/api/own-views.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import type { Caller } from "../../shared/ports/claims.ts";
import type { CommandPorts } from "../command/commit.ts";
import { ownClaims } from "../command/own-claims.ts";
import { ownPolicies, viewPolicy } from "../command/policy-reading.ts";
import { firstFound } from "../http/callers.ts";
import { cursorsOf } from "../http/cursor.ts";
import type { HttpRequest } from "../http/event.ts";
import { type HttpReply, jsonReply } from "../http/reply.ts";

type Answer = Promise<HttpReply | Refusal>;
type Listing<Query extends z.ZodType> = HttpRequest<unknown, unknown, z.output<Query>>;

/** The rows of the caller that a list is about; refused where it names an insurer at which the caller has none. */
export function chosen(
  callers: readonly Caller[],
  insurer: string | undefined,
): readonly [Caller, ...Caller[]] | Refusal {
  const [first, ...more] = callers.filter((each) => !insurer || each.insurer === insurer);
  return first ? [first, ...more] : refuse("not-permitted", "The caller has no such role here.");
}

/** `GET /claims`: the caller's own, newest first. */
export async function listClaims(
  commands: CommandPorts,
  { callers, query }: Listing<typeof ownClaimsQuery>,
): Answer {
  const own = chosen(callers, query.insurer);
  if (isRefusal(own)) return own;
  const { status, limit } = query;
  const filter = { insurer: query.insurer ?? null, status: status ?? null };
  const cursors = await cursorsOf<[string, string]>(commands.keys, own[0], "claims", filter);
  const [submittedAt, claim] = cursors.read(query.cursor) ?? [];
  const before = claim && submittedAt ? { claim, submittedAt: BigInt(submittedAt) } : undefined;
  const { items, end } = await ownClaims(commands, own, status, before, limit);
  const next = end && cursors.write([end.submittedAt.toString(), end.claim]);
  return jsonReply(claimPageSchema, { items, ...(next ? { next } : {}) });
}

/** `GET /policies`: those the caller holds or is insured by. */
export async function listPolicies(
  commands: CommandPorts,
  { callers, query }: Listing<typeof ownPoliciesQuery>,
): Answer {
  const own = chosen(callers, query.insurer);
  if (isRefusal(own)) return own;
  const filter = { insurer: query.insurer ?? null };
  const cursors = await cursorsOf<[string, string]>(commands.keys, own[0], "policies", filter);
  const [insurer, policy] = cursors.read(query.cursor) ?? [];
  const after = insurer && policy ? { insurer, policy } : undefined;
  const { items, end } = await ownPolicies(commands, own, after, query.limit);
  const next = end && cursors.write([end.insurer, end.policy]);
  return jsonReply(policyPageSchema, { items, ...(next ? { next } : {}) });
}

/** `GET /policies/{id}`. */
export async function readPolicy(
  commands: CommandPorts,
  { params, callers }: HttpRequest<{ id: Handle }, unknown>,
): Answer {
  const found = await firstFound(callers, (caller) => viewPolicy(commands, caller, params.id));
  return isRefusal(found) ? found : jsonReply(policyViewSchema, found.view, { etag: found.etag });
}
