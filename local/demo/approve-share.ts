import { counted } from "./counting.ts";
import { approveAll } from "./payouts.ts";
import type { ThreadPorts } from "./thread-ports.ts";

/** The proposed payouts of one insurer, `width` of them at once. */
export interface ApproveTask {
  readonly insurer: string;
  readonly width: number;
}

/** Screens and approves the share, telling 1 for each payout. Gives how many transactions were committed. */
export async function approveShare(
  { ports }: ThreadPorts,
  { insurer, width }: ApproveTask,
  progress: (payouts: number) => void,
): Promise<number> {
  const { transactions } = await counted(ports, (counting) =>
    approveAll(counting, insurer, width, () => progress(1)),
  );
  return transactions;
}
