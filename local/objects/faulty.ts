import type { ObjectStore } from "../../shared/ports/objects.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { chance } from "../faults/chance.ts";

/** How often, 0 to 1, an operation throws Unavailable: `lost` before it has any effect, `kept` after its whole effect. */
export interface FaultRates {
  readonly lost: number;
  readonly kept: number;
}

/**
 * `inner` as seen over a bad network: each operation may fail as lost, or as kept but reported lost. The nth use of an
 * operation on a key has the same fate for the same `seed`, whatever other keys see.
 */
export function faultyStore(inner: ObjectStore, seed: string, rates: FaultRates): ObjectStore {
  const uses = new Map<string, number>();
  const fateOf = (operation: string): "lost" | "kept" | "fine" => {
    const nth = (uses.get(operation) ?? 0) + 1;
    uses.set(operation, nth);
    const drawn = chance(seed, operation, nth);
    if (drawn < rates.lost) return "lost";
    return drawn < rates.lost + rates.kept ? "kept" : "fine";
  };
  async function attempt<T>(operation: string, call: () => Promise<T>): Promise<T> {
    const fate = fateOf(operation);
    if (fate === "lost") throw new Unavailable("objects", "request lost (planned fault)");
    const answer = await call();
    if (fate === "kept") throw new Unavailable("objects", "answer lost (planned fault)");
    return answer;
  }
  return {
    get: (key) => attempt(`get ${key}`, () => inner.get(key)),
    putIfAbsent: (key, bytes) => attempt(`put ${key}`, () => inner.putIfAbsent(key, bytes)),
    replace: (key, bytes, held) => attempt(`replace ${key}`, () => inner.replace(key, bytes, held)),
    delete: (key) => attempt(`delete ${key}`, () => inner.delete(key)),
    async *list(prefix) {
      await attempt(`list ${prefix}`, async () => {});
      yield* inner.list(prefix);
    },
  };
}
