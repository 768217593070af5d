import { committedPayoutSchema } from "../../shared/api/committed.ts";
import { keptJson, payoutPath } from "../../shared/api/committed-reply.ts";
import { etagOf } from "../../shared/api/etag.ts";
import { payoutWorld } from "../../shared/audit/reader.ts";
import type { Act } from "../../shared/base/actor.ts";
import type { DomainEvent } from "../../shared/base/event.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { assert } from "../../shared/base/malformed.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import type { PayoutWorld } from "../../shared/payout/world.ts";
import type { Asked, Caller, Reply } from "../../shared/ports/claims.ts";
import type { CommandPorts } from "./commit.ts";
import { type Done, perform, refuseStale } from "./perform.ts";
import { recordedOf } from "./recorded.ts";
import type { Appended, CommandTransaction } from "./transaction.ts";

/** What somebody does to a payout, in the transaction, on what that reads of it: the last record it made. */
export type PayoutAct = (
  transaction: CommandTransaction,
  world: PayoutWorld,
  act: Act,
) => Promise<Appended | Refusal>;

/** An act that is one event. */
export const oneEvent =
  (judge: (world: PayoutWorld, act: Act) => DomainEvent | Refusal): PayoutAct =>
  async (transaction, world, act) => {
    const event = judge(world, act);
    return isRefusal(event) ? event : transaction.append(event, act);
  };

/** The payout a command made or moved, as its answer names it. */
interface PayoutDone {
  readonly payout: Handle;
}

/** Runs one act on one payout: the caller's key and If-Match, then `take`. Refused as "not-found" where the insurer has no such payout. */
export function onPayout(
  ports: CommandPorts,
  caller: Caller,
  payout: Handle,
  asked: Asked,
  now: Instant,
  take: PayoutAct,
): Promise<Reply<PayoutDone>> {
  return perform(ports, caller, asked, now, async (transaction, act) => {
    const world = await payoutWorld(transaction, payout);
    if (!world) return refuse("not-found", "There is no such payout.");
    const stale = refuseStale(asked, world.payout.version);
    if (stale) return stale;
    const appended = await take(transaction, world, act);
    return isRefusal(appended) ? appended : payoutDone(transaction, appended);
  });
}

/** The answer to a command whose last record is of a payout. */
export async function payoutDone(
  transaction: CommandTransaction,
  appended: Appended,
): Promise<Done<PayoutDone>> {
  const payout = appended.event.stream;
  const seen = await transaction.stream("payout", payout);
  assert(seen !== undefined, "a payout just recorded is there");
  const { status, insured } = seen.state;
  const headers = { location: payoutPath(payout), etag: etagOf(seen.version) };
  const value = { payout, status, ...recordedOf(appended) };
  const reply = keptJson(committedPayoutSchema, value, headers);
  return { result: { payout }, reply, about: insured };
}
