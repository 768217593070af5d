import { etagOf } from "../../shared/api/etag.ts";
import {
  type ListedPayoutView,
  type PayoutsQuery,
  type PayoutView,
  payoutPageSchema,
  payoutStatusesAsked,
  payoutViewSchema,
} from "../../shared/api/payout-views.ts";
import type { Seen } from "../../shared/base/event.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import type { PayoutState } from "../../shared/payout/state.ts";
import type { ListedPayout } from "../../shared/ports/desk.ts";
import type { CommandPorts } from "../command/commit.ts";
import { openStream } from "../command/rows.ts";
import { callerOf, firstFound } from "../http/callers.ts";
import type { HttpRequest } from "../http/event.ts";
import { type HttpReply, jsonReply } from "../http/reply.ts";
import { openedAll } from "./opened-rows.ts";
import { pageBy } from "./paging.ts";
import type { InsurerPorts } from "./ports.ts";

/** A payout as its row has it now; refused as "not-found" where there is none, as "erased" where its person was erased. */
export async function payoutState(
  ports: CommandPorts,
  insurer: string,
  payout: Handle,
): Promise<Seen<PayoutState> | Refusal> {
  const [row] = await ports.store.read(insurer, (on) => on.streams("payout", [payout]));
  if (!row) return refuse("not-found", "There is no such payout.");
  const slot = await openStream(ports, insurer, row);
  if (!slot) return refuse("erased", "The data of this payout was erased.");
  return { stream: payout, version: slot.version, state: slot.state as PayoutState };
}

/** `GET /payouts/{id}`. */
export async function readPayout(
  ports: InsurerPorts,
  { params, callers }: HttpRequest<{ id: Handle }, unknown>,
): Promise<HttpReply | Refusal> {
  const seen = await firstFound(callers, ({ insurer }) => payoutState(ports, insurer, params.id));
  if (isRefusal(seen)) return seen;
  return jsonReply(payoutViewSchema, viewOf(seen), { etag: etagOf(seen.version) });
}

/** `GET /insurers/{insurer}/payouts`: a payout whose person was erased is over, and in no list. */
export async function listPayouts(
  ports: InsurerPorts,
  { callers, query }: HttpRequest<unknown, unknown, PayoutsQuery>,
): Promise<HttpReply> {
  const caller = callerOf(callers);
  const { limit, cursor, status } = query;
  const { rows, next } = await pageBy<ListedPayout>(ports.keys, caller, {
    list: "payouts",
    filter: { status },
    cursor,
    limit,
    placeOf: ({ ord, stream }) => ({ value: ord, stream }),
    read: (after, most) =>
      ports.desk.payouts(caller.insurer, payoutStatusesAsked(query), after, most),
  });
  const states = await openedAll<PayoutState>(ports, caller.insurer, rows);
  const items = rows.flatMap((row): ListedPayoutView[] => {
    const state = states.get(row.stream);
    if (!state) return [];
    return [{ ...inList(row.stream, state), lastActAt: row.ord, tag: etagOf(row.version) }];
  });
  return jsonReply(payoutPageSchema, { items, ...(next ? { next } : {}) });
}

const inList = (payout: Handle, state: PayoutState) => ({
  payout,
  claim: state.claim,
  status: state.status,
  amount: state.amount,
  head: state.head,
  approvers: state.approvers,
  approvals: state.approvals,
  due: state.instalment?.due ?? null,
  file: state.file,
});

function viewOf({ stream, state }: Seen<PayoutState>): PayoutView {
  const { payee, interim, persons, releasedAt, fee, replaces, replacedBy } = state;
  return {
    ...inList(stream, state),
    payee,
    interim,
    persons,
    releasedAt,
    fee,
    replaces,
    replacedBy,
    breaks: state.breaks.map(({ kind, said, reference, open }, at) => ({
      number: at + 1,
      kind,
      said,
      reference,
      open,
    })),
    recoveries: state.recoveries.map(({ amount, basis }) => ({ amount, basis })),
  };
}
