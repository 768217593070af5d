import { payoutWorld } from "../../shared/audit/reader.ts";
import type { Act } from "../../shared/base/actor.ts";
import type { BankParty } from "../../shared/base/bank-party.ts";
import { toHex } from "../../shared/base/bytes.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { type Instant, newest } from "../../shared/base/instant.ts";
import { assert, unlessMalformed } from "../../shared/base/malformed.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import { sha256 as hashOf } from "../../shared/base/sha256.ts";
import {
  type Cleared,
  refuseRelease,
  releasePayout,
  screenPayout,
} from "../../shared/payout/advance.ts";
import { formatOrder } from "../../shared/payout/payment-file.ts";
import type { PayoutState } from "../../shared/payout/state.ts";
import type { PayoutWorld } from "../../shared/payout/world.ts";
import { type CommandPorts, commitCommand } from "../command/commit.ts";
import type { CommandTransaction } from "../command/transaction.ts";
import { maxPerFile, prefetch } from "./batch.ts";
import { type Screened, type Screening, screenPayees } from "./screening.ts";

/** One line of a payment file. */
export interface FileLine extends Pick<PayoutState, "amount" | "payee" | "head"> {
  readonly payout: Handle;
}

/** A payout that stayed behind, and why. */
export interface Left {
  readonly payout: Handle;
  readonly refused: Refusal;
}

/** A release that was ordered before: when, and until when (exclusive) it may begin. */
export interface Ordered {
  readonly orderedAt?: Instant;
  readonly closesAt?: Instant;
}

/** What a release came to: the file and its lines, and the payouts that left it, each with why. No file where all left. */
export interface ReleasedFile {
  readonly lines: readonly FileLine[];
  readonly left: readonly Left[];
  readonly file?: { readonly bytes: Uint8Array; readonly sha256: string };
}

/**
 * Releases up to 100 approved payouts as one payment file. Every payee is screened again first: a payout whose payee is not clear is held and leaves the file,
 * and so does one that can't go now (void by a change, cooling off, released by whoever approved it); all others go, in one transaction
 * that seals the file's hash in each. A file may end up empty. Refused as a whole only where there is no such payout, no file can say its sum, or the file
 * was released before.
 */
export async function releaseFile(
  ports: CommandPorts,
  insurer: string,
  file: Handle,
  payouts: readonly Handle[],
  screening: Screening,
  act: Act,
  order: Ordered = {},
): Promise<ReleasedFile | Refusal> {
  assert(payouts.length <= maxPerFile, "a file carries at most 100 payouts");
  const { orderedAt, closesAt } = order;
  const distinct = [...new Set(payouts)];
  const said = await screenPayees(ports, insurer, distinct, screening);
  // The release comes after what it rests on.
  const later = { ...act, now: newest([act.now, ...[...said.values()].map(({ at }) => at)]) };
  if (closesAt !== undefined && ports.clock() >= closesAt) {
    return refuse("order-lapsed", "The window closed while the payees were screened.");
  }
  return commitCommand<ReleasedFile>(ports, insurer, later.now, async (transaction) => {
    await prefetch(transaction, distinct);
    const going: Going[] = [];
    const left: Left[] = [];
    for (const payout of distinct) {
      const world = await payoutWorld(transaction, payout);
      const answer = said.get(payout);
      if (!world || !answer) return refuse("not-found", "There is no such payout.");
      const cleared = { list: answer.list, screenedAt: answer.at, orderedAt };
      const refused = refuseRelease(world, cleared, later);
      if (refused) left.push({ payout, refused });
      else if (answer.result === "clear") going.push({ world, cleared });
      else left.push({ payout, refused: await hold(transaction, world, answer, later.now) });
    }
    const payer = going[0]?.world.insurer.state.payments?.payer;
    if (!payer) return { lines: [], left };
    if (!(await transaction.takeFile(file))) {
      return refuse("duplicate", "The file was released already.");
    }
    const bytes = write(file, payer, going, later.now);
    if ("refused" in bytes) return bytes;
    const sha256 = toHex(hashOf(bytes));
    const payments = BigInt(going.length);
    const sealed = { handle: file, sha256, payments };
    const lines: FileLine[] = [];
    for (const { world, cleared } of going) {
      const released = releasePayout(world, { file: sealed, ...cleared }, later);
      assert(!isRefusal(released), "what is not refused is released");
      await transaction.append(released, later);
      const { amount, payee, head } = world.payout.state;
      lines.push({ payout: world.payout.stream, amount, payee, head });
    }
    return { lines, left, file: { bytes, sha256 } };
  });
}

/** A payout that can go, and what cleared its payee. */
interface Going {
  readonly world: PayoutWorld;
  readonly cleared: Cleared;
}

/** Records that a payee was not clear when the payout was to go. */
async function hold(
  transaction: CommandTransaction,
  world: PayoutWorld,
  answer: Screened,
  now: Instant,
): Promise<Refusal> {
  const machine: Act = { kind: "machine", now };
  const held = screenPayout(world, answer, machine);
  assert(!isRefusal(held), "what could be released can be held");
  await transaction.append(held, machine);
  return refuse("screening-hold", "The payee's screening holds the payout.");
}

/** The bytes of the file of all that go. A name or amount that a payout may have, a file can say; their sum it may not: a refusal. */
function write(
  file: Handle,
  payer: BankParty,
  going: readonly Going[],
  releasedAt: Instant,
): Uint8Array | Refusal {
  const payouts = going.map(({ world: { payout } }) => ({ ...payout, payout: payout.stream }));
  return (
    unlessMalformed(() => formatOrder({ file, releasedAt, payer }, payouts)) ??
    refuse("unpayable", "No payment file can say their sum: release fewer at once.")
  );
}
