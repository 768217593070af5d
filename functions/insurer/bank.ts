import type * as z from "zod";
import {
  type BreaksQuery,
  breakPageSchema,
  type ListedOrderView,
  type OrdersQuery,
  orderedSchema,
  orderPageSchema,
  type ReconciliationsQuery,
  reconciliationPageSchema,
  type releaseOrderSchema,
} from "../../shared/api/bank-views.ts";
import { keptJson } from "../../shared/api/committed-reply.ts";
import { dayOf } from "../../shared/base/day.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { isRefusal, type Refusal } from "../../shared/base/refusal.ts";
import { refuseSimulated } from "../../shared/policy/insurer.ts";
import type { ListedBreak } from "../../shared/ports/bank-rows.ts";
import type { Desk } from "../../shared/ports/desk.ts";
import type { OrderRow } from "../../shared/ports/release-orders.ts";
import { newHandle } from "../command/handle.ts";
import { perform } from "../command/perform.ts";
import { callerOf } from "../http/callers.ts";
import { commandReply, type ReplayedRefusal } from "../http/command-reply.ts";
import type { HttpRequest } from "../http/event.ts";
import { type HttpReply, jsonReply } from "../http/reply.ts";
import { openOrder, orderRow } from "../payouts/release-orders.ts";
import { pageBy } from "./paging.ts";
import type { InsurerPorts } from "./ports.ts";

type Reconciled = Awaited<ReturnType<Desk["reconciliations"]>>[number];
type Listing<Query> = HttpRequest<unknown, unknown, Query>;

/** `POST /insurers/{insurer}/release-orders`: the order's row and the answer its key keeps, in one transaction; it is carried out by a job. */
export async function orderRelease(
  ports: InsurerPorts,
  { body, callers, asked }: HttpRequest<unknown, z.output<typeof releaseOrderSchema>>,
  now: Instant,
): Promise<HttpReply | Refusal | ReplayedRefusal> {
  const caller = callerOf(callers);
  const { insurer } = caller;
  const file = newHandle(ports.random);
  const { payouts, ...window } = body;
  const reply = await perform(ports, caller, asked, now, async (transaction, act) => {
    const simulated = refuseSimulated(await transaction.insurer(), act);
    if (simulated) return simulated;
    const row = await orderRow(ports, insurer, file, payouts, window, act);
    if (isRefusal(row)) return row;
    transaction.addRow({ kind: "order", row });
    const result = { file, state: "waiting" as const };
    return { result, reply: keptJson(orderedSchema, result), about: caller.person };
  });
  return commandReply(insurer, reply);
}

/** `GET /insurers/{insurer}/release-orders`. */
export async function listOrders(
  ports: InsurerPorts,
  { callers, query }: Listing<OrdersQuery>,
): Promise<HttpReply> {
  const caller = callerOf(callers);
  const { insurer } = caller;
  const { state, limit, cursor } = query;
  const { rows, next } = await pageBy<OrderRow>(ports.keys, caller, {
    list: "release-orders",
    filter: { state },
    cursor,
    limit,
    placeOf: ({ opensAt, file }) => ({ value: opensAt, stream: file }),
    read: (after, most) => ports.desk.orders(insurer, state, after, most),
  });
  const items: ListedOrderView[] = [];
  for (const row of rows) {
    const { file, person, opensAt } = row;
    // A row that somebody changed is told by the job that would carry it out; here it only hides what it says.
    const ordered = await openOrder(ports, insurer, row).catch(unlessChanged);
    const what = ordered ? { closesAt: ordered.closesAt, payouts: ordered.payouts } : {};
    items.push({ file, state, person, opensAt, ...what });
  }
  return jsonReply(orderPageSchema, { items, ...(next ? { next } : {}) });
}

function unlessChanged(error: unknown): undefined {
  if (!(error instanceof Malformed)) throw error;
}

/** A break's place among those opened at the same time. */
const nameOf = ({ kind, about, message }: ListedBreak): string =>
  `${kind} ${about ?? ""} ${message ?? ""}`;

/** `GET /insurers/{insurer}/breaks`. */
export async function listBreaks(
  ports: InsurerPorts,
  { callers, query }: Listing<BreaksQuery>,
  now: Instant,
): Promise<HttpReply> {
  const caller = callerOf(callers);
  const { which, limit, cursor } = query;
  const { rows, next } = await pageBy<ListedBreak>(ports.keys, caller, {
    list: "breaks",
    filter: { which },
    cursor,
    limit,
    placeOf: (row) => ({ value: row.openedAt, stream: nameOf(row) }),
    read: (after, most) => ports.desk.breaks(caller.insurer, which, after, most),
  });
  const items = rows.map((row) => ({
    ...row,
    ageDays: dayOf(row.closedAt ?? now) - dayOf(row.openedAt),
  }));
  return jsonReply(breakPageSchema, { items, ...(next ? { next } : {}) });
}

/** `GET /insurers/{insurer}/reconciliations`. */
export async function listReconciliations(
  ports: InsurerPorts,
  { callers, query }: Listing<ReconciliationsQuery>,
): Promise<HttpReply> {
  const caller = callerOf(callers);
  const { limit, cursor } = query;
  const { rows, next } = await pageBy<Reconciled>(ports.keys, caller, {
    list: "reconciliations",
    filter: {},
    cursor,
    limit,
    placeOf: ({ number }) => ({ value: number, stream: "-" }),
    read: (after, most) => ports.desk.reconciliations(caller.insurer, after?.value, most),
  });
  return jsonReply(reconciliationPageSchema, { items: rows, ...(next ? { next } : {}) });
}
