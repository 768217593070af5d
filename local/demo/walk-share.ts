import type { Handle } from "../../shared/base/handle.ts";
import type { PortfolioClaim } from "../portfolio/portfolio.ts";
import type { Cast } from "./cast.ts";
import { counted } from "./counting.ts";
import { known } from "./known.ts";
import type { ThreadPorts } from "./thread-ports.ts";
import { type Stage, type WalkedClaim, walkHere } from "./walk.ts";

/** A share of the portfolio's claims, `width` of them at once, and what of the stage they need. */
export interface WalkTask {
  readonly casts: ReadonlyMap<string, Cast>;
  readonly persons: ReadonlyMap<string, Handle>;
  readonly policies: ReadonlyMap<string, Handle>;
  readonly claims: readonly PortfolioClaim[];
  readonly width: number;
}

/** How a claim ended, told by its key: whoever gave the task has the claim itself. */
export type ToldClaim = Omit<WalkedClaim, "portfolio"> & { readonly key: string };

/** Walks the share, telling each claim as it is walked. Gives how many transactions were committed. */
export async function walkShare(
  { ports }: ThreadPorts,
  task: WalkTask,
  tell: (claim: ToldClaim) => void,
): Promise<number> {
  const { transactions } = await counted(ports, async (counting) => {
    const stage: Stage = {
      ports: counting,
      policies: task.policies,
      cast: (insurer) => known(task.casts, insurer),
      person: (key) => known(task.persons, key),
    };
    await walkHere(stage, task.width)(task.claims, ({ portfolio: { key }, ...ended }) =>
      tell({ key, ...ended }),
    );
  });
  return transactions;
}
