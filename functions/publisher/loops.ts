import { Unavailable } from "../../shared/ports/unavailable.ts";
import { type Advanced, advance } from "./advance.ts";
import { alarmOf, type LogAlarm } from "./alarm.ts";
import type { LogPorts } from "./ports.ts";
import { type WakeUp, wakeUp } from "./wake-up.ts";

/** How the loops of all logs run. */
export interface LoopOptions {
  /** All insurers with a log; asked again at each sweep, so new ones join. */
  readonly insurers: () => Promise<readonly string[]>;
  /** Woken after commands commit, and then a log that rests is looked at at once; without a call, each is still looked at once a sweep. */
  readonly wake: WakeUp;
  readonly stop: AbortSignal;
  /** An alarm: this log's loop has ended, the others go on. */
  readonly onAlarm: (insurer: string, alarm: LogAlarm) => void;
  /** Something does not answer; the loop tries again. */
  readonly onOutage?: (insurer: string, outage: Unavailable) => void;
  /** After each step that placed or published something. */
  readonly onAdvanced?: (insurer: string, advanced: Advanced) => void;
  /** From the beginning of a step that placed or published something to the next one's: between two checkpoints of one log. Default 500. */
  readonly intervalMs?: number;
  /** Between two looks at a log that nobody woke. Default 1,000. */
  readonly sweepMs?: number;
  /** Logs that take a step at the same time. Default 4. */
  readonly atOnce?: number;
  /** Runs each step. Default: as it is. */
  readonly within?: <T>(step: () => Promise<T>) => Promise<T>;
}

const asItIs: NonNullable<LoopOptions["within"]> = (step) => step();
const defaults = { intervalMs: 500, sweepMs: 1_000, atOnce: 4, within: asItIs };

/** Advances every log until `stop`, each by its own loop; resolves when all steps under way have ended. */
export function runLoops(ports: LogPorts, options: LoopOptions): Promise<void> {
  const remembering: LogPorts = { opened: new Map(), tended: new Map(), ...ports };
  return runSteps((insurer) => advance(remembering, insurer), options);
}

/** {@link runLoops} where `take` is the step of one log. */
export async function runSteps(
  take: (insurer: string) => Promise<Advanced | LogAlarm>,
  options: LoopOptions,
): Promise<void> {
  const { insurers, wake, stop, onAlarm, onOutage, intervalMs, sweepMs, atOnce, within } = {
    ...defaults,
    ...options,
  };
  const running = new Map<string, Promise<void>>();
  const slots = slotsOf(atOnce);
  const stopped = wakeUp();
  const end = (): void => {
    stopped.wake();
    wake.wake();
  };
  stop.addEventListener("abort", end);

  async function runLog(insurer: string): Promise<void> {
    let size = 0n;
    while (!stop.aborted) {
      const seen = wake.count();
      const beganMs = performance.now();
      const next = await slots(() => (stop.aborted ? undefined : within(() => step(insurer))));
      if (next === undefined) return;
      if (next === "outage") await stopped.sleep(sweepMs, 0);
      else {
        const moved = next.placed > 0 || next.size !== size;
        size = next.size;
        if (moved) {
          options.onAdvanced?.(insurer, next);
          await stopped.sleep(Math.max(0, beganMs + intervalMs - performance.now()), 0);
        } else await wake.sleep(sweepMs, seen);
      }
    }
  }

  /** One step; undefined once this log has raised an alarm. */
  async function step(insurer: string): Promise<Advanced | "outage" | undefined> {
    try {
      const advanced = await take(insurer);
      if (!("alarm" in advanced)) return advanced;
      onAlarm(insurer, advanced);
    } catch (error) {
      if (error instanceof Unavailable) {
        onOutage?.(insurer, error);
        return "outage";
      }
      onAlarm(insurer, alarmOf("failed", error instanceof Error ? error.message : "unknown"));
    }
    return undefined;
  }

  while (!stop.aborted) {
    for (const insurer of await listed(insurers, onOutage)) {
      if (!running.has(insurer)) running.set(insurer, runLog(insurer));
    }
    await stopped.sleep(sweepMs, 0);
  }
  await Promise.all(running.values());
  stop.removeEventListener("abort", end);
}

async function listed(
  insurers: LoopOptions["insurers"],
  onOutage: LoopOptions["onOutage"],
): Promise<readonly string[]> {
  try {
    return await insurers();
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    onOutage?.("", error);
    return [];
  }
}

/** Runs at most `atOnce` pieces of work at a time, in the order they came. */
function slotsOf(
  atOnce: number,
): <T>(work: () => Promise<T> | undefined) => Promise<T | undefined> {
  let free = atOnce;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}
