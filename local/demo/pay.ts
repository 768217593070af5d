import { join } from "node:path";
import { bankRows } from "../../functions/adapters/postgres/bank-rows.ts";
import type { Pool } from "../../functions/adapters/postgres/pool.ts";
import { fileRail } from "../../functions/adapters/rail/file-rail.ts";
import { actOf } from "../../functions/command/act.ts";
import type { CommandPorts } from "../../functions/command/commit.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { patiently } from "../../functions/command/patiently.ts";
import { maxPerFile } from "../../functions/payouts/batch.ts";
import { releaseFile } from "../../functions/payouts/release.ts";
import { type CollectPorts, collect } from "../../functions/reconciliation/collect.ts";
import { reconcile } from "../../functions/reconciliation/reconcile.ts";
import { sendUnsent } from "../../functions/reconciliation/send.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { Caller } from "../../shared/ports/claims.ts";
import { type Behaviour, friendly, hostile } from "../bank/behaviour.ts";
import { takeTurn } from "../bank/exchange.ts";
import { type BankStub, openBank } from "../bank/stub.ts";
import { folderStore } from "../objects/folder.ts";
import { folderInbox } from "../objects/inbox.ts";
import { noList } from "./api.ts";
import { expected } from "./walk.ts";

/** How the demo's banks behave: each insurer has one of its own. */
export interface BankChoice {
  readonly bank: "friendly" | "hostile";
  /** What a hostile bank does follows from it. */
  readonly seed: string;
}

/** What came of paying: payouts that stay paid and, in the insurer's currency, how much; the breaks its bank made, and those that were found. */
export interface Paid {
  readonly count: number;
  readonly settledMinor: bigint;
  readonly breaks: { readonly injected: number; readonly found: number };
  /** Whether these are the same, one by one. */
  readonly exactly: boolean;
}

/** A bank answers within this many rounds, or never. */
const mostRounds = 64;

/**
 * The simulated releaser releases all that is approved, in files of up to 100 payouts; the files go to a bank of the insurer's below `folder`, whose
 * messages are taken in until it has no more, and what is left over is reconciled as if days had passed.
 */
export async function payAll(
  { ports, pool }: { readonly ports: CommandPorts; readonly pool: Pool },
  releaser: Caller,
  folder: string,
  choice: BankChoice,
  progress: (payouts: number) => void,
): Promise<Paid> {
  const { insurer } = releaser;
  const home = join(folder, "banks", insurer);
  const bank = openBank(join(home, "book"), behaviourOf(choice, insurer), ports.clock, {
    durable: false,
  });
  try {
    const exchange = {
      out: folderStore(join(home, "out"), { durable: false }),
      inbox: folderStore(join(home, "in"), { durable: false }),
    };
    const rail = fileRail(exchange.out, folderInbox(join(home, "in")));
    const collecting = { commands: ports, rows: bankRows(pool), rail };
    const amounts = await releaseAll(ports, releaser, progress);
    if (amounts.size > 0) {
      await exchanged(ports, collecting, insurer, bank, () => takeTurn(bank, exchange));
    }
    return await outcome(ports, collecting, insurer, bank, amounts);
  } finally {
    bank.close();
  }
}

const behaviourOf = ({ bank, seed }: BankChoice, insurer: string): Behaviour =>
  bank === "friendly" ? friendly : hostile(`${seed} ${insurer}`);

/** Releases every approved payout; gives what each is of, in minor units. */
async function releaseAll(
  ports: CommandPorts,
  releaser: Caller,
  progress: (payouts: number) => void,
): Promise<ReadonlyMap<Handle, bigint>> {
  const { insurer } = releaser;
  const amounts = new Map<Handle, bigint>();
  for (;;) {
    const payouts = await ports.store.waiting(insurer, "payout", "approved", maxPerFile);
    if (payouts.length === 0) return amounts;
    const act = actOf(releaser, ports.clock());
    const file = newHandle(ports.random);
    const { lines, left } = expected(
      await patiently(ports, () => releaseFile(ports, insurer, file, payouts, noList, act)),
    );
    if (left[0])
      throw new Error(`bug: a payout of the portfolio can't go: ${left[0].refused.detail}`);
    for (const { payout, amount } of lines) amounts.set(payout, amount.minor);
    progress(lines.length);
  }
}

/** Sends all files, and takes in what the bank says to them, until it has nothing more to say. */
async function exchanged(
  ports: CommandPorts,
  collecting: CollectPorts,
  insurer: string,
  bank: BankStub,
  turn: () => Promise<number>,
): Promise<void> {
  while ((await patiently(ports, () => sendUnsent(collecting, insurer))) > 0);
  for (let round = 0; round < mostRounds; round++) {
    await turn();
    await patiently(ports, () => collect(collecting, insurer));
    if (bank.pending() === 0) break;
  }
  // What still waits for another message is waited for no longer.
  await patiently(ports, () => collect(collecting, insurer, 0n));
}

async function outcome(
  ports: CommandPorts,
  { rows }: CollectPorts,
  insurer: string,
  bank: BankStub,
  amounts: ReadonlyMap<Handle, bigint>,
): Promise<Paid> {
  await patiently(ports, () => reconcile(ports, rows, insurer, 0n));
  const injected = bank.injected().map(({ kind, subject }) => `${kind} ${subject}`);
  const open = await rows.list(insurer, "open", injected.length + 1_000);
  const found = open.map(({ kind, about, message }) => `${kind} ${about ?? message}`);
  const settled = await ports.store.waiting(insurer, "payout", "settled", amounts.size);
  const settledMinor = settled.reduce((sum, payout) => sum + (amounts.get(payout) ?? 0n), 0n);
  return {
    count: settled.length,
    settledMinor,
    breaks: { injected: injected.length, found: found.length },
    exactly: injected.sort().join() === found.sort().join() && bank.conflicts() === 0,
  };
}
