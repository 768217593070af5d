/** Lets loops sleep until there may be work. A call while nobody sleeps is not lost: the next sleep then ends at once. */
export interface WakeUp {
  /** There may be work. Cheap, and harmless when there is none. */
  wake(): void;
  /** How often it was woken so far: what a sleeper remembers before it looks for work. */
  count(): number;
  /** Resolves after `ms`, or as soon as the count is no longer `seen`. */
  sleep(ms: number, seen: number): Promise<void>;
}

/** A wake-up for the loops of one process. */
export function wakeUp(): WakeUp {
  let count = 0;
  const sleepers = new Set<() => void>();
  return {
    count: () => count,
    wake: () => {
      count++;
      for (const end of [...sleepers]) end();
    },
    sleep: (ms, seen) =>
      new Promise((resolve) => {
        if (count !== seen) return resolve();
        const end = (): void => {
          clearTimeout(timer);
          sleepers.delete(end);
          resolve();
        };
        const timer = setTimeout(end, ms);
        sleepers.add(end);
      }),
  };
}
