import { payoutWorld } from "../../shared/audit/reader.ts";
import type { Act } from "../../shared/base/actor.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { assert } from "../../shared/base/malformed.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import { releasePayout, screenPayout } from "../../shared/payout/advance.ts";
import type { PayoutState } from "../../shared/payout/state.ts";
import { type CommandPorts, commitCommand } from "../command/commit.ts";
import { maxPerFile, prefetch } from "./batch.ts";
import { type Screening, screenPayees } from "./screening.ts";

/** One line of a payment file. */
export interface FileLine extends Pick<PayoutState, "amount" | "payee" | "head"> {
  readonly payout: Handle;
}

/** What a release came to: the file's lines, and the payouts that left it, each with why. */
export interface ReleasedFile {
  readonly lines: readonly FileLine[];
  readonly left: readonly { readonly payout: Handle; readonly refused: Refusal }[];
}

/**
 * Releases up to 100 approved payouts as one file. Every payee is screened again first: a payout whose payee is not clear is held and leaves the file, and so
 * does one that can't go now (void by a change, cooling off, released by whoever approved it); all others go, in one transaction. A file may end up empty.
 * Refused as a whole only where there is no such payout.
 */
export async function releaseFile(
  ports: CommandPorts,
  insurer: string,
  file: Handle,
  payouts: readonly Handle[],
  screening: Screening,
  act: Act,
): Promise<ReleasedFile | Refusal> {
  assert(payouts.length <= maxPerFile, "a file carries at most 100 payouts");
  const distinct = [...new Set(payouts)];
  const said = await screenPayees(ports, insurer, distinct, screening);
  // The release comes after what it rests on.
  const later = { ...act, now: newest([act.now, ...[...said.values()].map(({ at }) => at)]) };
  return commitCommand<ReleasedFile>(ports, insurer, later.now, async (transaction) => {
    await prefetch(transaction, distinct);
    const lines: FileLine[] = [];
    const left: { payout: Handle; refused: Refusal }[] = [];
    for (const payout of distinct) {
      const world = await payoutWorld(transaction, payout);
      const answer = said.get(payout);
      if (!world || !answer) return refuse("not-found", "There is no such payout.");
      const { list, at: screenedAt } = answer;
      const released = releasePayout(world, { file, list, screenedAt }, later);
      if (isRefusal(released)) {
        left.push({ payout, refused: released });
      } else if (answer.result === "clear") {
        await transaction.append(released, later);
        const { amount, payee, head } = world.payout.state;
        lines.push({ payout, amount, payee, head });
      } else {
        const machine: Act = { kind: "machine", now: later.now };
        const held = screenPayout(world, answer, machine);
        assert(!isRefusal(held), "what could be released can be held");
        await transaction.append(held, machine);
        const refused = refuse("screening-hold", "The payee's screening holds the payout.");
        left.push({ payout, refused });
      }
    }
    return { lines, left };
  });
}

function newest(instants: readonly Instant[]): Instant {
  let most = 0n;
  for (const instant of instants) if (instant > most) most = instant;
  return most;
}
