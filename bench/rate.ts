import { performance } from "node:perf_hooks";
import process from "node:process";

const rounds = 9;
const roundMs = 40;

type Clock = () => number;

/** Milliseconds of processor time that this thread has had: what other work does on the machine is not in it. */
const threadMs: Clock = () => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

/** How often `work` runs in a second of `clock`, over at least `roundMs`. */
function perSecond(work: () => void, clock: Clock): number {
  const start = clock();
  for (let done = 0; ; ) {
    for (let i = 0; i < 64; i++) work();
    done += 64;
    const elapsedMs = clock() - start;
    if (elapsedMs >= roundMs) return (done * 1000) / elapsedMs;
  }
}

/** The middle one. */
export const medianOf = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** The median rates of two pieces of work, runs a second. They take turns, so that what else the machine does meets both. */
export function ratesOf(
  work: () => void,
  limit: () => void,
  clock: Clock = () => performance.now(),
): { value: number; limit: number } {
  perSecond(work, clock);
  perSecond(limit, clock);
  const turns = Array.from(
    { length: rounds },
    () => [perSecond(work, clock), perSecond(limit, clock)] as const,
  );
  return {
    value: medianOf(turns.map(([value]) => value)),
    limit: medianOf(turns.map(([, held]) => held)),
  };
}

/** {@link ratesOf} by processor time: runs a second and core, whatever else the machine does. */
export const coreRatesOf = (work: () => void, limit: () => void) => ratesOf(work, limit, threadMs);

/** Milliseconds of this thread's processor time that `work` takes. */
export function coreMsOf(work: () => void): number {
  const start = threadMs();
  work();
  return threadMs() - start;
}

/** The same of work that waits for nothing but itself. */
export async function coreMsOfAsync(work: () => Promise<void>): Promise<number> {
  const start = threadMs();
  await work();
  return threadMs() - start;
}
