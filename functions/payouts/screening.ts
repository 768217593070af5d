import { payoutWorld } from "../../shared/audit/reader.ts";
import type { Act } from "../../shared/base/actor.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import type { Payee } from "../../shared/claim/submission.ts";
import { approvePayout, screenPayout } from "../../shared/payout/advance.ts";
import type { PayoutState } from "../../shared/payout/state.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { type CommandPorts, commitCommand } from "../command/commit.ts";
import { each } from "../command/each.ts";
import { oldestFirst, type WaitingList } from "../command/oldest-first.ts";
import { openStream } from "../command/rows.ts";
import type { Appended } from "../command/transaction.ts";

/** What a screening says: the list with its version, and whether the payee is on it; that nobody can say is an answer, too. */
export interface Screened {
  readonly list: string;
  readonly result: "clear" | "hit" | "error";
}

/** Screens a payee against sanctions lists. Throws Unavailable. */
export type Screening = (payee: Payee) => Promise<Screened>;

/** A screening's answer, and when it was asked for. */
export interface Answer extends Screened {
  readonly at: Instant;
}

/** Screenings asked for at once. */
const width = 8;

/** What `screening` says of the payees of payouts, by payout; none of what is not there. An outage is an error, and an error holds. */
export async function screenPayees(
  ports: CommandPorts,
  insurer: string,
  payouts: readonly Handle[],
  screening: Screening,
): Promise<ReadonlyMap<Handle, Answer>> {
  const rows = await ports.store.read(insurer, (on) => on.streams("payout", payouts));
  const answers = new Map<Handle, Answer>();
  await each(rows, width, async (row) => {
    const slot = await openStream(ports, insurer, row);
    if (!slot) return;
    // A payout's own payee never changes: who is screened now is who is paid later.
    const { payee } = slot.state as PayoutState;
    const at = ports.clock();
    answers.set(row.stream, { ...(await ask(screening, payee)), at });
  });
  return answers;
}

async function ask(screening: Screening, payee: Payee): Promise<Screened> {
  try {
    return await screening(payee);
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    return { list: "unavailable", result: "error" };
  }
}

/** Records a screening and, when it is clear and the payout's band asks for no person, the approval under the pack. */
export async function screenAndApprove(
  ports: CommandPorts,
  insurer: string,
  payout: Handle,
  screening: Screening,
): Promise<Appended | Refusal> {
  const said = (await screenPayees(ports, insurer, [payout], screening)).get(payout);
  if (!said) return refuse("not-found", "There is no such payout.");
  const act: Act = { kind: "machine", now: ports.clock() };
  return commitCommand(ports, insurer, act.now, async (transaction) => {
    const world = await payoutWorld(transaction, payout);
    if (!world) return refuse("not-found", "There is no such payout.");
    const screened = screenPayout(world, said, act);
    if (isRefusal(screened)) return screened;
    const record = await transaction.append(screened, act);
    const next = await payoutWorld(transaction, payout);
    if (next?.payout.state.status !== "screened" || next.payout.state.approvers > 0n) return record;
    const approved = approvePayout(next, act);
    return isRefusal(approved) ? record : transaction.append(approved, act);
  });
}

/** Payouts of one round, of each list. */
const batch = 200;

/** A list of payouts that wait for a screening: its name, and its rows, `skip` of the oldest passed over. */
export type PayoutList = Pick<WaitingList<Handle>, "name" | "oldest">;

/**
 * Screens the oldest payouts of a list one after another, at most 200, and approves under the pack those that ask for no person. A row that somebody changed goes to `passOver` as
 * Malformed that names it, and holds up no other ({@link oldestFirst}). Gives how many it looked at. Throws Unavailable.
 */
export async function screenOldest(
  ports: CommandPorts,
  insurer: string,
  { name, oldest }: PayoutList,
  screening: Screening,
  passOver: (error: unknown) => void,
): Promise<number> {
  let looked = 0;
  const row = (payout: Handle): string => `payout ${payout}`;
  const list = { of: ports.store, name: `${insurer} ${name}`, row, oldest };
  const altered = await oldestFirst(list, batch, 1, async (payout) => {
    looked += 1;
    await screenAndApprove(ports, insurer, payout, screening);
  });
  altered.forEach(passOver);
  return looked;
}
