import { openStream } from "../../functions/command/rows.ts";
import type { OperatorPorts } from "../../functions/operator/core.ts";
import type { BankReport } from "../../functions/payouts/reports.ts";
import type { PayoutState } from "../../shared/payout/state.ts";
import { told } from "../payout/sample.ts";

/** What a bank's message says of payouts, as their rows stand: all of their money, under `reference`. */
export async function bankSays(
  ports: Pick<OperatorPorts, "store" | "keys" | "cipher">,
  insurer: string,
  payouts: readonly string[],
  report: BankReport["report"],
  reference = "r",
): Promise<BankReport[]> {
  const rows = await ports.store.transaction(insurer, (on) => on.streams("payout", payouts));
  const lines: BankReport[] = [];
  for (const row of rows) {
    const slot = await openStream(ports, insurer, row);
    if (!slot) throw new Error("an erased payout");
    lines.push({ payout: row.stream, ...told(slot.state as PayoutState, report, reference) });
  }
  return lines;
}
