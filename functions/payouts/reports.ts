import { payoutWorld } from "../../shared/audit/reader.ts";
import type { Act } from "../../shared/base/actor.ts";
import type { Money } from "../../shared/base/codec.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { assert } from "../../shared/base/malformed.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import { reportPayout } from "../../shared/payout/advance.ts";
import type { Reported } from "../../shared/payout/forms.ts";
import type { PayoutStatus } from "../../shared/payout/state.ts";
import { type CommandPorts, commitCommand } from "../command/commit.ts";
import { maxPerFile, prefetch } from "./batch.ts";

/** What a bank reports on one payout. */
export interface BankReport {
  readonly payout: Handle;
  readonly report: Reported["report"];
  readonly reference: string;
  readonly fee?: Money;
}

/** Records up to 100 bank reports. One that repeats what is known already is left out, so a report that comes twice counts once. */
export async function recordReports(
  ports: CommandPorts,
  insurer: string,
  reports: readonly BankReport[],
): Promise<{ readonly recorded: number } | Refusal> {
  assert(reports.length <= maxPerFile, "at most 100 reports at once");
  const act: Act = { kind: "machine", now: ports.clock() };
  return commitCommand(ports, insurer, act.now, async (transaction) => {
    await prefetch(
      transaction,
      reports.map(({ payout }) => payout),
    );
    let recorded = 0;
    for (const { payout, ...report } of reports) {
      const world = await payoutWorld(transaction, payout);
      if (!world) return refuse("not-found", "There is no such payout.");
      if (isKnown(world.payout.state.status, report.report)) continue;
      const event = reportPayout(world, report, act);
      if (isRefusal(event)) return event;
      await transaction.append(event, act);
      recorded++;
    }
    return { recorded };
  });
}

/** A bank repeats itself, and old news comes late: what is returned was settled before. */
const isKnown = (status: PayoutStatus, report: BankReport["report"]): boolean =>
  status === report || (status === "returned" && report === "settled");
