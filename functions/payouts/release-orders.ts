import * as z from "zod";
import { type Act, personOf, signatorySchema } from "../../shared/base/actor.ts";
import { canonicalText } from "../../shared/base/canonical.ts";
import { handleSchema, instantCodec } from "../../shared/base/codec.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import { orderableUs } from "../../shared/payout/advance.ts";
import type { OrderRow, ReleaseOrders } from "../../shared/ports/release-orders.ts";
import type { CommandPorts } from "../command/commit.ts";
import { oldestFirst } from "../command/oldest-first.ts";
import { closeState, openState, type RowPlace } from "../command/row-cipher.ts";
import { maxPerFile } from "./batch.ts";
import { type ReleasedFile, releaseFile } from "./release.ts";
import type { Screening } from "./screening.ts";

/** What release orders need beside what every command does. */
export interface OrderPorts extends CommandPorts {
  readonly orders: ReleaseOrders;
}

/** What an order says, closed in its row. */
export const orderSchema = z.strictObject({
  payouts: z.array(handleSchema).min(1).max(maxPerFile),
  kind: z.enum(["person", "simulated"]),
  signatory: signatorySchema,
  orderedAt: instantCodec,
  /** From here on (inclusive) and up to `closesAt` (exclusive) it is carried out; never after. */
  opensAt: instantCodec,
  closesAt: instantCodec,
});
type Order = z.output<typeof orderSchema>;

/** From when (inclusive) to when (exclusive) an order may be carried out. */
export type ReleaseWindow = Pick<Order, "opensAt" | "closesAt">;

/** Where an order is closed: under the key of who gave it, bound to its file, so that nobody can order in another's name by way of the row. */
const placeOf = (insurer: string, file: Handle, person: Handle): RowPlace => ({
  insurer,
  table: "release-order",
  key: file,
  version: 1n,
  person,
  class: "identity-and-health",
});

/**
 * A person orders that up to 100 payouts be released as `file` once the window is open: a bank's cut-off, the morning after. What can go is judged then, not
 * now. Refused without a person, without payouts, or for a window that has closed, ends before it begins or ends more than a week ahead.
 */
export async function orderRelease(
  ports: OrderPorts,
  insurer: string,
  file: Handle,
  payouts: readonly Handle[],
  window: ReleaseWindow,
  act: Act,
): Promise<{ readonly file: Handle } | Refusal> {
  const row = await orderRow(ports, insurer, file, payouts, window, act);
  if (isRefusal(row)) return row;
  await ports.orders.add(insurer, row);
  return { file };
}

/** The row of such an order, closed under the key of who gives it; refused as {@link orderRelease} says. Throws Unavailable. */
export async function orderRow(
  ports: Pick<CommandPorts, "keys" | "cipher" | "random">,
  insurer: string,
  file: Handle,
  payouts: readonly Handle[],
  { opensAt, closesAt }: ReleaseWindow,
  act: Act,
): Promise<OrderRow | Refusal> {
  const { kind, signatory, now } = act;
  const person = personOf(act);
  if (kind === "machine" || !signatory || !person) {
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
  const order = { payouts: distinct, kind, signatory, orderedAt: now, opensAt, closesAt };
  const place = placeOf(insurer, file, person);
  await ports.keys.obtain(place);
  const text = canonicalText(z.encode(orderSchema, order));
  return { file, person, content: closeState(ports, place, text), opensAt };
}

/** What an order came to. */
export interface CarriedOut {
  readonly file: Handle;
  readonly outcome: ReleasedFile | Refusal | "lapsed";
}

/** Orders of one round. */
const batch = 20;

/**
 * Carries out the orders of an insurer whose window is open, as acts of those who ordered, if they may release as of now; lets those lapse whose window closed first. Killed between a
 * release and its row, or run twice at once, it releases once: the file can be taken only once, and the row is ended by whoever comes next. `passOver` takes
 * the Malformed of each row that somebody changed, which names its file: it waits on, and holds up no other ({@link oldestFirst}). Throws Unavailable.
 */
export async function releaseOrdered(
  ports: OrderPorts,
  insurer: string,
  screening: Screening,
  passOver: (error: unknown) => void,
): Promise<readonly CarriedOut[]> {
  const done: CarriedOut[] = [];
  const now = ports.clock();
  const list = {
    of: ports.orders,
    name: insurer,
    row: ({ file }: OrderRow) => `release order ${file}`,
    oldest: (limit: number, skip: number) => ports.orders.due(insurer, now, limit, skip),
  };
  const altered = await oldestFirst(list, batch, 1, async (row) => {
    done.push({ file: row.file, outcome: await carryOut(ports, insurer, row, screening) });
  });
  altered.forEach(passOver);
  return done;
}

async function carryOut(
  ports: OrderPorts,
  insurer: string,
  row: OrderRow,
  screening: Screening,
): Promise<CarriedOut["outcome"]> {
  const { file } = row;
  const end = (state: Parameters<ReleaseOrders["end"]>[2]) =>
    ports.orders.end(insurer, file, state);
  const already = refuse("duplicate", "The file was released already.");
  if ((await ports.store.payoutsIn(insurer, file)).length > 0) {
    await end("carried-out");
    return already;
  }
  const order = await openOrder(ports, insurer, row);
  if (!order) {
    await end("refused");
    return refuse("erased", "The data of who ordered it was erased.");
  }
  const { payouts, kind, signatory, orderedAt, closesAt } = order;
  const now = ports.clock();
  if (closesAt <= now) {
    await end("lapsed");
    return "lapsed";
  }
  if (!(await ports.orders.mayRelease(insurer, signatory.person))) {
    await end("refused");
    return refuse("not-permitted", "Whoever ordered it may no longer release.");
  }
  const act: Act = { kind, signatory, now };
  const window = { orderedAt, closesAt };
  const outcome = await releaseFile(ports, insurer, file, payouts, screening, act, window);
  if (!isRefusal(outcome)) await end(outcome.lines.length > 0 ? "carried-out" : "refused");
  else if (outcome.refused === "duplicate") await end("carried-out");
  else await end(outcome.refused === "order-lapsed" ? "lapsed" : "refused");
  return outcome;
}

/** What was ordered; undefined where its person was erased. Throws Malformed where somebody changed the row. */
export async function openOrder(
  ports: Pick<CommandPorts, "keys" | "cipher">,
  insurer: string,
  { file, person, content }: OrderRow,
): Promise<Order | undefined> {
  const place = placeOf(insurer, file, person);
  if (!(await ports.keys.find(place))) return undefined;
  const text = openState(ports, place, content);
  if (text === undefined) return undefined;
  const order = z.decode(orderSchema, JSON.parse(text));
  if (order.signatory.person !== person) throw new Malformed(file, "is ordered by somebody else");
  return order;
}
