import { payoutWorld } from "../../shared/audit/reader.ts";
import type { Act } from "../../shared/base/actor.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { assert } from "../../shared/base/malformed.ts";
import { isRefusal, type Refusal } from "../../shared/base/refusal.ts";
import {
  type BankLine,
  brokenBefore,
  judgeLine,
  type LineBreak,
  reversedBefore,
  reversible,
} from "../../shared/payout/bank-line.ts";
import { breakOf, breakPayout, reportPayout, reversePayout } from "../../shared/payout/report.ts";
import { mostSaid } from "../../shared/payout/state.ts";
import type { PayoutWorld } from "../../shared/payout/world.ts";
import { type CommandPorts, commitCommand } from "../command/commit.ts";
import type { CommandTransaction } from "../command/transaction.ts";
import { maxPerFile, prefetch } from "./batch.ts";

/** What a bank's message says of one payout. */
export interface BankReport extends BankLine {
  readonly payout: Handle;
  /** The account that was moved, where the message is about one. */
  readonly account?: string;
  /** What would explain it is no longer waited for: it is a break. */
  readonly final?: boolean;
}

/**
 * What a report came to. "waits": nothing is recorded, what explains it may still come; "unknown": no payout of this insurer; "erased": nothing can be
 * recorded of it any more; "full": a break beyond those a payout remembers, which is not recorded. "other-account": an account moved that did not pay the
 * payout. A break says so again when it is told again.
 */
export type Outcome =
  | ("moved" | "known" | "waits" | "unknown" | "erased" | "full" | "other-account")
  | Broken
  | Reversed;
/** It contradicts what was released, or what the bank said before. */
export interface Broken {
  readonly break: LineBreak;
}

/** It takes back a booking that was a break, by this kind and message: that is closed. Told again, it says so again. */
export interface Reversed {
  readonly reversed: { readonly kind: LineBreak; readonly message: string };
}

/** Records up to 100 reports in one transaction; gives what each came to, in their order. One told twice counts once. Throws Unavailable. */
export async function recordReports(
  ports: CommandPorts,
  insurer: string,
  reports: readonly BankReport[],
): Promise<{ readonly outcomes: readonly Outcome[] } | Refusal> {
  assert(reports.length <= maxPerFile, "at most 100 reports at once");
  const together = await recordTogether(ports, insurer, reports);
  if (!isRefusal(together) || together.refused !== "erased") return together;
  // Of one of them everything was erased: the others are recorded, each alone.
  const outcomes: Outcome[] = [];
  for (const report of reports) {
    const alone = await recordTogether(ports, insurer, [report]);
    if (isRefusal(alone) && alone.refused !== "erased") return alone;
    outcomes.push(...(isRefusal(alone) ? ["erased" as const] : alone.outcomes));
  }
  return { outcomes };
}

async function recordTogether(
  ports: CommandPorts,
  insurer: string,
  reports: readonly BankReport[],
): Promise<{ readonly outcomes: readonly Outcome[] } | Refusal> {
  const act: Act = { kind: "machine", now: ports.clock() };
  return commitCommand(ports, insurer, act.now, async (transaction) => {
    await prefetch(
      transaction,
      reports.map(({ payout }) => payout),
    );
    const outcomes: Outcome[] = [];
    for (const report of reports) {
      const outcome = await recordOne(transaction, report, act);
      if (typeof outcome === "object" && isRefusal(outcome)) return outcome;
      outcomes.push(outcome);
    }
    return { outcomes };
  });
}

async function recordOne(
  transaction: CommandTransaction,
  { payout, account, final = false, ...line }: BankReport,
  act: Act,
): Promise<Outcome | Refusal> {
  const world = await payoutWorld(transaction, payout);
  if (!world) return "unknown";
  const { state } = world.payout;
  const payer = state.payer?.account;
  if (account !== undefined && payer !== undefined && account !== payer) return "other-account";
  const before = brokenBefore(state, line);
  if (before) return { break: before };
  const taken = reversedBefore(state, line);
  if (taken) return { reversed: { kind: taken.kind, message: taken.message } };
  const judged = judgeLine(state, line);
  if (judged === "reverses") return reverse(transaction, world, line, act);
  if (judged === "known" || (judged === "waits" && !final)) return judged;
  const kind = breakOf(judged);
  if (kind && state.breaks.length >= mostSaid) return "full";
  const event = (kind ? breakPayout : reportPayout)(world, line, act);
  if (isRefusal(event)) return event;
  await transaction.append(event, act);
  return kind ? { break: kind } : "moved";
}

async function reverse(
  transaction: CommandTransaction,
  world: PayoutWorld,
  line: BankLine,
  act: Act,
): Promise<Outcome | Refusal> {
  const { state } = world.payout;
  const broken = state.breaks[reversible(state)];
  const event = reversePayout(world, line, act);
  if (isRefusal(event)) return event;
  assert(broken !== undefined, "what is reversed was a break");
  await transaction.append(event, act);
  return { reversed: { kind: broken.kind, message: broken.message } };
}
