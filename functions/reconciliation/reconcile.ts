import { type Day, dayOf } from "../../shared/base/day.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import { mostBreaksTold, recordReconciliation } from "../../shared/policy/reconciliation.ts";
import type { BankRows, FrozenReconciliation } from "../../shared/ports/bank-rows.ts";
import { type CommandPorts, commitCommand } from "../command/commit.ts";
import { insurerState } from "../command/insurer-state.ts";

/** A bank that said nothing of a payment for this long is asked: three days, in which every scheme has settled. */
export const unansweredAfterUs = 3n * 86_400_000_000n;

/** As many breaks as one call of the rows opens. */
const mostAtOnce = 1_000;
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
  while ((await rows.openUnanswered(insurer, at - afterUs, at)) === mostAtOnce);
  await rows.closeAnswered(insurer, at);
  for (let records = 0; records < mostRecords; records++) {
    const state = await insurerState(commands, insurer);
    if (!state || state.kind === "intake") return records;
    const before = state.reconciliation;
    const number = (before?.number ?? 0n) + 1n;
    const said = before !== undefined && before.day >= dayOf(at);
    const frozen = await rows.freeze(insurer, number, dayOf(at), said, mostBreaksTold);
    if (!frozen || !(await recordFrozen(commands, insurer, frozen))) return records;
  }
  return mostRecords;
}

/** Records what was frozen; false where another did meanwhile, or it can't be recorded. */
async function recordFrozen(
  commands: CommandPorts,
  insurer: string,
  frozen: FrozenReconciliation,
): Promise<boolean> {
  const act = { kind: "machine", now: commands.clock() } as const;
  const done = await commitCommand(commands, insurer, act.now, async (transaction) => {
    const seen = await transaction.insurer();
    // A clock that was ahead may have recorded a later day: the log goes on from there.
    const day = later(frozen.day, seen.state.reconciliation?.day ?? 0n);
    const content = { ...frozen, day, opened: [...frozen.opened], closed: [...frozen.closed] };
    const event = recordReconciliation(seen, content);
    return isRefusal(event) ? event : transaction.append(event, act);
  });
  return !isRefusal(done);
}

const later = (a: Day, b: Day): Day => (a > b ? a : b);
