import type { Caller } from "../../shared/ports/claims.ts";
import { counted } from "./counting.ts";
import { type BankChoice, type Paid, payAll } from "./pay.ts";
import type { ThreadPorts } from "./thread-ports.ts";

/** The approved payouts of one insurer, by whom they are released, and the bank they go to, below `folder`. */
export interface PayTask {
  readonly releaser: Caller;
  readonly folder: string;
  readonly choice: BankChoice;
}

/** What a share of the paying came to, and how many transactions were committed. */
export interface PaidShare extends Paid {
  readonly transactions: number;
}

/** Pays the share, telling how many payouts more were released. */
export async function payShare(
  { ports, pool }: ThreadPorts,
  { releaser, folder, choice }: PayTask,
  progress: (payouts: number) => void,
): Promise<PaidShare> {
  const { done, transactions } = await counted(ports, (counting) =>
    payAll({ ports: counting, pool }, releaser, folder, choice, progress),
  );
  return { ...done, transactions };
}
