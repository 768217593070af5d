import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync } from "node:fs";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "../cluster/temporary.ts";

/** The project's folder. */
export const projectFolder = fileURLToPath(new URL("../../", import.meta.url));

/** What a program left behind when it ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `node bin/door.mjs <args>` as a person would, from the project's folder. */
export function openDoor(args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  const { DATABASE_URL: _, ...inherited } = process.env;
  return spawn(process.execPath, ["bin/door.mjs", ...args], {
    cwd: projectFolder,
    env: { ...inherited, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Runs a door to its end. */
export async function runDoor(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  return ended(openDoor(args, env));
}

/** Everything `child` prints, and its exit code. */
export async function ended(child: ChildProcess): Promise<Ended> {
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error("the child's output goes nowhere");
  const code = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [out, err] = await Promise.all([text(stdout), text(stderr)]);
  return { code: await code, stdout: out, stderr: err };
}

/** A new folder that PostgreSQL's user can traverse, so that a cluster in it lies there and goes with it. */
export function openFolder(purpose: string): string {
  const folder = temporaryFolder(purpose);
  chmodSync(folder, 0o711);
  return folder;
}
