import { payoutWorld } from "../../shared/audit/reader.ts";
import type { Act } from "../../shared/base/actor.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { assert } from "../../shared/base/malformed.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import {
  approvePayout,
  releasePayout,
  reportPayout,
  screenPayout,
} from "../../shared/payout/advance.ts";
import type { Reported } from "../../shared/payout/forms.ts";
import type { PayoutState, PayoutStatus } from "../../shared/payout/state.ts";
import { type CommandPorts, commitCommand } from "../command/commit.ts";
import type { Appended, CommandTransaction } from "../command/transaction.ts";

/** Screens a payee against sanctions lists; an error is an answer, and holds the payout. */
export type Screening = (
  account: string,
) => Promise<{ readonly list: string; readonly result: "clear" | "hit" | "error" }>;

/** Most payouts one file, and one transaction, carries. */
export const maxPerFile = 100;

/** Records a screening and, when it is clear and the payout's band asks for no person, the approval under the pack. */
export async function screenAndApprove(
  ports: CommandPorts,
  insurer: string,
  payout: Handle,
  screening: Awaited<ReturnType<Screening>>,
): Promise<Appended | Refusal> {
  const act: Act = { kind: "machine", now: ports.clock() };
  return commitCommand(ports, insurer, act.now, async (transaction) => {
    const world = await payoutWorld(transaction, payout);
    if (!world) return refuse("not-found", "There is no such payout.");
    const screened = screenPayout(world, screening, act);
    if (isRefusal(screened)) return screened;
    const record = await transaction.append(screened, act);
    const next = await payoutWorld(transaction, payout);
    if (next?.payout.state.status !== "screened" || next.payout.state.approvers > 0n) return record;
    const approved = approvePayout(next, act);
    return isRefusal(approved) ? record : transaction.append(approved, act);
  });
}

/** One line of a payment file. */
export interface FileLine extends Pick<PayoutState, "amount" | "payee"> {
  readonly payout: Handle;
}

/** Releases up to 100 approved payouts as one file: all of them, or none. */
export async function releaseFile(
  ports: CommandPorts,
  insurer: string,
  file: Handle,
  payouts: readonly Handle[],
  act: Act,
): Promise<{ readonly lines: readonly FileLine[] } | Refusal> {
  assert(payouts.length <= maxPerFile, "a file carries at most 100 payouts");
  return commitCommand(ports, insurer, act.now, async (transaction) => {
    await prefetch(transaction, payouts);
    const lines: FileLine[] = [];
    for (const payout of payouts) {
      const world = await payoutWorld(transaction, payout);
      if (!world) return refuse("not-found", "There is no such payout.");
      const event = releasePayout(world, file, act);
      if (isRefusal(event)) return event;
      await transaction.append(event, act);
      const { amount, payee } = world.payout.state;
      lines.push({ payout, amount, payee });
    }
    return { lines };
  });
}

/** What a bank reports on one payout. */
export interface BankReport {
  readonly payout: Handle;
  readonly report: Reported["report"];
  readonly reference: string;
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

async function prefetch(
  transaction: CommandTransaction,
  payouts: readonly Handle[],
): Promise<void> {
  await transaction.prefetch("payout", payouts);
  const claims: Handle[] = [];
  for (const payout of payouts) {
    const found = await transaction.stream("payout", payout);
    if (found) claims.push(found.state.claim);
  }
  const distinct = [...new Set(claims)];
  await transaction.prefetch("claim", distinct);
  await transaction.prefetchAccumulators(distinct.map((claim) => `claim/${claim}` as const));
}
