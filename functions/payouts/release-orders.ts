import { type Act, personOf } from "../../shared/base/actor.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import { orderableUs } from "../../shared/payout/advance.ts";
import type { ReleaseOrder, ReleaseOrders } from "../../shared/ports/release-orders.ts";
import type { CommandPorts } from "../command/commit.ts";
import { maxPerFile } from "./batch.ts";
import { type ReleasedFile, releaseFile } from "./release.ts";
import type { Screening } from "./screening.ts";

/** What release orders need beside what every command does. */
export interface OrderPorts extends CommandPorts {
  readonly orders: ReleaseOrders;
}

/** From when (inclusive) to when (exclusive) an order may be carried out. */
export type ReleaseWindow = Pick<ReleaseOrder, "opensAt" | "closesAt">;

/**
 * A person orders that up to 100 payouts be released as `file` once the window is open: a bank's cut-off, the morning after. What can go is judged then, not
 * now. Refused without a person, without payouts, or for a window that has closed, ends before it begins or begins more than a week ahead.
 */
export async function orderRelease(
  { orders }: Pick<OrderPorts, "orders">,
  insurer: string,
  file: Handle,
  payouts: readonly Handle[],
  { opensAt, closesAt }: ReleaseWindow,
  { kind, signatory, now }: Act,
): Promise<{ readonly file: Handle } | Refusal> {
  if (kind === "machine" || !signatory || !personOf({ kind, signatory, now })) {
    return refuse("person-required", "A person orders a release.");
  }
  const distinct = [...new Set(payouts)];
  if (distinct.length === 0 || distinct.length > maxPerFile) {
    return refuse("wrong-state", "A file carries 1 to 100 payouts.", "payouts");
  }
  if (closesAt <= opensAt || closesAt <= now) {
    return refuse("order-lapsed", "The window is over before it begins.", "closesAt");
  }
  if (closesAt - now > orderableUs) {
    return refuse("order-lapsed", "A release is ordered a week ahead at most.", "closesAt");
  }
  const order = { file, payouts: distinct, kind, signatory, orderedAt: now, opensAt, closesAt };
  await orders.add(insurer, order);
  return { file };
}

/** What an order came to. */
export interface CarriedOut {
  readonly file: Handle;
  readonly outcome: ReleasedFile | Refusal | "lapsed";
}

/** Orders of one round. */
const batch = 20;

/**
 * Carries out the orders of an insurer whose window is open, as acts of those who ordered, and lets those lapse whose window closed first. Killed between a
 * release and its row, or run twice at once, it releases once: the file can be taken only once, and the row is ended by whoever comes next.
 */
export async function releaseOrdered(
  ports: OrderPorts,
  insurer: string,
  screening: Screening,
): Promise<readonly CarriedOut[]> {
  const done: CarriedOut[] = [];
  for (const order of await ports.orders.due(insurer, ports.clock(), batch)) {
    done.push({ file: order.file, outcome: await carryOut(ports, insurer, order, screening) });
  }
  return done;
}

async function carryOut(
  ports: OrderPorts,
  insurer: string,
  order: ReleaseOrder,
  screening: Screening,
): Promise<CarriedOut["outcome"]> {
  const { file, payouts, kind, signatory, orderedAt, closesAt } = order;
  const now: Instant = ports.clock();
  const released = await ports.store.payoutsIn(insurer, file);
  if (released.length > 0) return ended(ports, insurer, file);
  if (closesAt <= now) {
    await ports.orders.end(insurer, file, "lapsed");
    return "lapsed";
  }
  const act: Act = { kind, signatory, now };
  const outcome = await releaseFile(ports, insurer, file, payouts, screening, act, { orderedAt });
  const refused = isRefusal(outcome);
  if (refused && outcome.refused === "duplicate") return ended(ports, insurer, file);
  await ports.orders.end(insurer, file, refused ? "refused" : "carried-out");
  return outcome;
}

/** The row of an order that an earlier run carried out. */
async function ended(ports: OrderPorts, insurer: string, file: Handle): Promise<Refusal> {
  await ports.orders.end(insurer, file, "carried-out");
  return refuse("duplicate", "The file was released already.");
}
