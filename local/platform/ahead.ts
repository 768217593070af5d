import { wakeUp } from "../../functions/publisher/wake-up.ts";
import type { Store } from "../../shared/ports/store.ts";

/** Work that goes ahead of other work in one thread. */
export interface Ahead {
  /** Runs `work`, which goes ahead. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves once nothing that goes ahead is under way, or after the longest time that whatever comes behind it waits. */
  past(): Promise<void>;
}

/** Under a load without a pause, what comes behind still has its turn this often. */
const longestMs = 1_000;

/** Nothing is under way yet. */
export function ahead(mostMs = longestMs): Ahead {
  let underWay = 0;
  const free = wakeUp();
  return {
    run: async (work) => {
      underWay++;
      try {
        return await work();
      } finally {
        underWay--;
        if (underWay === 0) free.wake();
      }
    },
    past: async () => {
      if (underWay > 0) await free.sleep(mostMs, free.count());
    },
  };
}

/** `store`, whose transactions begin behind what goes ahead. */
export const behind = (store: Store, { past }: Ahead): Store => ({
  ...store,
  transaction: async (insurer, body) => {
    await past();
    return store.transaction(insurer, body);
  },
});
