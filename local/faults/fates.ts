import { chance } from "./chance.ts";

/**
 * What goes wrong with how much of the requests, 0 to 1 each: `throttled` refuses before doing anything, `late` answers after
 * `lateMs`, `lost` does it and drops the connection, `twice` does it twice (a duplicate delivery) and answers once.
 */
export interface ServiceFaults {
  readonly seed: string;
  readonly throttled?: number;
  readonly late?: number;
  readonly lateMs?: number;
  readonly lost?: number;
  readonly twice?: number;
}

export type Fate = "fine" | "throttled" | "late" | "lost" | "twice";

/** Gives each request its fate: the nth request of an operation has the same one for the same seed. */
export function fates(faults: ServiceFaults | undefined): (operation: string) => Fate {
  const uses = new Map<string, number>();
  return (operation) => {
    if (faults === undefined) return "fine";
    const nth = (uses.get(operation) ?? 0) + 1;
    uses.set(operation, nth);
    let drawn = chance(faults.seed, operation, nth);
    for (const fate of ["throttled", "late", "lost", "twice"] as const) {
      drawn -= faults[fate] ?? 0;
      if (drawn < 0) return fate;
    }
    return "fine";
  };
}
