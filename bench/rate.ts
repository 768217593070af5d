import { performance } from "node:perf_hooks";

const rounds = 9;
const roundMs = 40;

/** How often `work` runs in a second, over at least `roundMs`. */
function perSecond(work: () => void): number {
  const start = performance.now();
  for (let done = 0; ; ) {
    for (let i = 0; i < 64; i++) work();
    done += 64;
    const elapsedMs = performance.now() - start;
    if (elapsedMs >= roundMs) return (done * 1000) / elapsedMs;
  }
}

/** The middle one. */
export const medianOf = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** The median rates of two pieces of work, runs a second. They take turns, so that what else the machine does meets both. */
export function ratesOf(work: () => void, limit: () => void): { value: number; limit: number } {
  perSecond(work);
  perSecond(limit);
  const turns = Array.from({ length: rounds }, () => [perSecond(work), perSecond(limit)] as const);
  return {
    value: medianOf(turns.map(([value]) => value)),
    limit: medianOf(turns.map(([, held]) => held)),
  };
}
