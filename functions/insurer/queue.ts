import {
  type QueuedClaimView,
  type QueueQuery,
  queuePageSchema,
  statusesAsked,
} from "../../shared/api/claim-queue.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { reserveOf } from "../../shared/claim/reserve.ts";
import { type ClaimState, type ClockName, clockNames } from "../../shared/claim/state.ts";
import type { QueuedClaim } from "../../shared/ports/desk.ts";
import { callerOf } from "../http/callers.ts";
import type { HttpRequest } from "../http/event.ts";
import { type HttpReply, jsonReply } from "../http/reply.ts";
import { openedAll } from "./opened-rows.ts";
import { pageBy } from "./paging.ts";
import type { InsurerPorts } from "./ports.ts";

/** `GET /insurers/{insurer}/claims`. */
export async function listQueue(
  ports: InsurerPorts,
  { callers, query }: HttpRequest<unknown, unknown, QueueQuery>,
  now: Instant,
): Promise<HttpReply> {
  const caller = callerOf(callers);
  const { limit, cursor, ...filter } = query;
  const decideBefore = query.overdue ? now : query.decideBefore;
  const { claim: prefix, assignee, breach } = query;
  const sorted =
    breach !== undefined ? "breachedAt" : decideBefore === undefined ? "ord" : "decideBy";
  const { rows, next } = await pageBy<QueuedClaim>(ports.keys, caller, {
    list: "claims",
    filter,
    cursor,
    limit,
    placeOf: (row) => ({ value: row[sorted] ?? 0n, stream: row.stream }),
    read: (after, most) =>
      prefix === undefined
        ? ports.desk.claims(
            caller.insurer,
            { statuses: statusesAsked(query), assignee, decideBefore, breach },
            after,
            most,
          )
        : ports.desk.claimsLike(caller.insurer, prefix, after?.stream, most),
  });
  const states = await openedAll<ClaimState>(ports, caller.insurer, rows);
  const items = rows.map((row) => queued(row, states.get(row.stream), now));
  return jsonReply(queuePageSchema, { items, ...(next ? { next } : {}) });
}

function queued(row: QueuedClaim, state: ClaimState | undefined, now: Instant): QueuedClaimView {
  const { stream, status, assignee, ord, decideBy, breached } = row;
  return {
    claim: stream,
    status,
    assignee,
    lastActAt: ord,
    decideBy,
    overdue: decideBy !== null && decideBy < now,
    breaches: (breached ?? "").split(" ").filter(isClockName),
    ...(state ? { about: about(state) } : {}),
  };
}

const isClockName = (name: string): name is ClockName =>
  (clockNames as readonly string[]).includes(name);

function about(state: ClaimState): NonNullable<QueuedClaimView["about"]> {
  const { submission, submittedAt, acknowledgedAt, claimed } = state;
  const { event, lossDate } = submission;
  const reserve = { minor: reserveOf(state), currency: claimed.currency };
  return { event, lossDate, submittedAt, acknowledgedAt, claimed, reserve };
}
