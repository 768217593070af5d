import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { build } from "esbuild";
import type { Setting } from "./stage.ts";
import { type Death, steps } from "./steps.ts";

/** Makes each program one file in `folder`: it then starts in a third of the time, and there are dozens of starts. */
export async function buildPrograms(folder: string): Promise<void> {
  await build({
    entryPoints: ["walker.ts", "writer.ts"].map((name) => join(import.meta.dirname, name)),
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    external: ["pg-native"],
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
    logLevel: "error",
  });
}

/** A process of the sweep; its standard input ends with ours, so none outlives the run. */
export function startProcess(
  program: "walker" | "writer",
  task: { readonly setting: Setting; readonly [name: string]: unknown },
): ChildProcess {
  const path = join(task.setting.folder, "programs", `${program}.mjs`);
  return spawn(process.execPath, [path, JSON.stringify(task)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
}

/** Ends it now, as the kernel would. */
export async function killNow(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

const lastStep = "collect a partial";
/** What lasts once it is done: dying right after is another case than dying before the next step. */
const lasting = [
  "commit the entries",
  "mark what follows a size",
  "swap the signer's latest",
  "keep the signer's note",
  "publish a tile",
  "have a witness cosign",
  "publish the stored note",
  "show the checkpoint",
];

/** A death before each step, the last step first, for it has work only once; and one after each step that lasts. */
export const deaths = (): Death[] => [
  ...Object.keys(steps)
    .toSorted((a, b) => Number(b === lastStep) - Number(a === lastStep))
    .map((step): Death => ({ step, when: "before" })),
  ...lasting.map((step): Death => ({ step, when: "after" })),
];

/** How long a walker may take to its step once it is up; one it did not come to, for PostgreSQL was away or nothing new came, is tried again. */
const patienceMs = 10_000;
const mostTries = 6;
const today = 20_000;

/** What became of the walkers. */
export interface Swept {
  readonly died: readonly Death[];
  readonly missed: readonly Death[];
  readonly alarms: readonly string[];
}

/**
 * Runs walkers one after another, `side` of them at once, each to one of `queue`'s deaths, until all are dead or the time is up. Where one ends as
 * none should, or at `stop`, all are killed before this ends.
 */
export async function killWalkers(
  setting: Setting,
  queue: Death[],
  side: number,
  untilMs: number,
  stop: AbortSignal,
): Promise<Swept> {
  const failing = new AbortController();
  const ending = AbortSignal.any([stop, failing.signal]);
  const died: Death[] = [];
  const missed: Death[] = [];
  const alarms: string[] = [];
  let day = today;
  const tries = new Map<Death, number>();
  async function walkers(): Promise<void> {
    for (let death = queue.shift(); death && !ending.aborted; death = queue.shift()) {
      const child = startProcess("walker", { setting, death, day: String(day++) });
      const end = () => child.kill("SIGKILL");
      ending.addEventListener("abort", end);
      let told = "";
      let patience: NodeJS.Timeout | undefined;
      child.stdout?.setEncoding("utf8").on("data", (text: string) => {
        told += text;
        patience ??= setTimeout(() => child.kill("SIGTERM"), patienceMs);
      });
      const gone = once(child, "exit");
      const [code, signal] = await gone;
      clearTimeout(patience);
      ending.removeEventListener("abort", end);
      if (ending.aborted) return;
      if (signal === "SIGKILL") died.push(death);
      else if (code === 3) alarms.push(told);
      else if (signal !== "SIGTERM") throw new Error(`a walker ended with ${code ?? signal}`);
      else if (tries.get(death) === mostTries || Date.now() > untilMs) missed.push(death);
      else {
        tries.set(death, (tries.get(death) ?? 1) + 1);
        queue.push(death);
      }
    }
  }
  const running = Array.from({ length: side }, walkers);
  for (const one of running) one.catch(() => failing.abort());
  const broken = (await Promise.allSettled(running)).find(({ status }) => status === "rejected");
  if (broken?.status === "rejected") throw broken.reason;
  return { died, missed, alarms };
}

/** Starts `start` again each time what it started was killed, about `betweenMs` after it said it is up, until `stop`; gives how often. */
export async function killAgainAndAgain(
  start: () => ChildProcess,
  betweenMs: number,
  stop: AbortSignal,
): Promise<number> {
  for (let kills = 0; ; kills++) {
    const child = start();
    const said = child.stdout ? once(child.stdout, "data", { signal: stop }) : undefined;
    await Promise.race([said, once(child, "exit", { signal: stop })]).catch(() => {});
    await sleep(betweenMs * (0.5 + Math.random()), undefined, { signal: stop }).catch(() => {});
    if (child.exitCode !== null) throw new Error(`it ended by itself with ${child.exitCode}`);
    await killNow(child);
    if (stop.aborted) return kills + 1;
  }
}
