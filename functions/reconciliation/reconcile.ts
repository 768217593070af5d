import { dayOf } from "../../shared/base/day.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import { mostBreaksTold, recordReconciliation } from "../../shared/policy/reconciliation.ts";
import type { BankRows } from "../../shared/ports/bank-rows.ts";
import { type CommandPorts, commitCommand } from "../command/commit.ts";
import { insurerState } from "../command/insurer-state.ts";

/** A bank that said nothing of a payment for this long is asked: three days, in which every scheme has settled. */
export const unansweredAfterUs = 3n * 86_400_000_000n;

const mostRecords = 1_000;

/**
 * The daily job: holds ledger, payment files and bank messages against each other. A sent payout of which the bank says nothing for `afterUs` becomes a break;
 * it is closed once the bank does; what was opened and closed since goes into the log, 100 a record. At most once a day, unless there is
 * something new to say. It may break off anywhere and run twice at once: what a record says is frozen before it is recorded. Gives how many records it
 * made. Throws Unavailable.
 */
export async function reconcile(
  commands: CommandPorts,
  rows: BankRows,
  insurer: string,
  afterUs = unansweredAfterUs,
): Promise<number> {
  const at = commands.clock();
  await rows.openUnanswered(insurer, at - afterUs, at);
  await rows.closeAnswered(insurer, at);
  for (let records = 0; ; records++) {
    const state = await insurerState(commands, insurer);
    if (!state || state.kind === "intake" || records === mostRecords) return records;
    const before = state.reconciliation;
    const [number, day] = [(before?.number ?? 0n) + 1n, dayOf(at)];
    const said = before !== undefined && before.day >= day;
    const frozen = await rows.freeze(insurer, number, day, said, mostBreaksTold);
    if (!frozen) return records;
    await commitCommand(commands, insurer, at, async (transaction) => {
      const said = { ...frozen, opened: [...frozen.opened], closed: [...frozen.closed] };
      const event = recordReconciliation(await transaction.insurer(), said);
      const act = { kind: "machine", now: at } as const;
      // Refused where another recorded it meanwhile: the loop goes on from there.
      return isRefusal(event) ? event : transaction.append(event, act);
    });
  }
}
