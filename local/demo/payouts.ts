import type { CommandPorts } from "../../functions/command/commit.ts";
import { each } from "../../functions/command/each.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { patiently } from "../../functions/command/patiently.ts";
import { actOf } from "../../functions/command/submit.ts";
import { maxPerFile } from "../../functions/payouts/batch.ts";
import { releaseFile } from "../../functions/payouts/release.ts";
import { recordReports } from "../../functions/payouts/reports.ts";
import { screenAndApprove } from "../../functions/payouts/screening.ts";
import type { Bank } from "../bank/bank.ts";
import { noList } from "./api.ts";
import type { Cast } from "./cast.ts";
import { expected } from "./walk.ts";

/** What was paid: how many payouts and, in the insurer's currency, how much. */
export interface Paid {
  count: number;
  settledMinor: bigint;
}

const batch = 1_000;

/** Screens and approves every proposed payout of an insurer under its pack, `width` at a time. */
export async function approveAll(
  ports: CommandPorts,
  insurer: string,
  width: number,
  progress: () => void,
): Promise<void> {
  for (;;) {
    const waiting = await ports.store.waiting(insurer, "payout", "proposed", batch);
    if (waiting.length === 0) return;
    await each(waiting, width, async (payout) => {
      expected(await patiently(ports, () => screenAndApprove(ports, insurer, payout, noList)));
      progress();
    });
  }
}

/** The simulated releaser releases files of up to 100 payouts; the bank settles them and its reports are recorded. */
export async function releaseAll(
  ports: CommandPorts,
  cast: Cast,
  bank: Bank,
  progress: (payouts: number) => void,
): Promise<Paid> {
  const { insurer } = cast.releaser;
  const paid: Paid = { count: 0, settledMinor: 0n };
  for (;;) {
    const payouts = await ports.store.waiting(insurer, "payout", "approved", maxPerFile);
    if (payouts.length === 0) return paid;
    const act = actOf(cast.releaser, ports.clock());
    const file = newHandle(ports.random);
    const { lines, left } = expected(
      await patiently(ports, () => releaseFile(ports, insurer, file, payouts, noList, act)),
    );
    if (left[0])
      throw new Error(`bug: a payout of the portfolio can't go: ${left[0].refused.detail}`);
    const answer = bank.deliver(
      lines.map(({ payout, amount, payee }) => ({ payout, amount, account: payee.account })),
    );
    expected(await patiently(ports, () => recordReports(ports, insurer, answer.reports)));
    const settled = new Set(
      answer.reports.flatMap(({ payout, report }) => (report === "settled" ? [payout] : [])),
    );
    for (const { payout, amount } of lines) {
      if (!settled.has(payout)) continue;
      paid.count++;
      paid.settledMinor += amount.minor;
    }
    progress(lines.length);
  }
}
