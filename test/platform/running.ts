import type { ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isRunning, waitUntilGone } from "../../local/postgres/running-process.ts";
import { openDoor } from "../cli/door.ts";

/** A platform that a person started with `npm start`, and what it printed. */
export interface Running {
  readonly door: ChildProcess;
  readonly url: string;
  readonly issuerUrl: string;
  readonly policyFile: string;
  /** All of stdout so far. */
  printed(): string;
  complained(): string;
  /** The exit code of the door, once it and all it started are gone. */
  readonly exited: Promise<number | null>;
  /** Ctrl-C. */
  stop(): Promise<number | null>;
}

/** Where the data of the cluster in `folder` lies. */
export const dataOf = (folder: string): string => {
  const pointer = join(folder, "postgres", "place");
  const place = existsSync(pointer) ? readFileSync(pointer, "utf8").trim() : undefined;
  return join(place ?? join(folder, "postgres"), "data");
};

/** The process that holds the folder: Node with everything in it but PostgreSQL. */
export const mainPid = (folder: string): number =>
  Number(readFileSync(join(folder, "lock"), "utf8").split(" ")[0]);

/** The postmaster of the folder's cluster. */
export const postmasterPid = (folder: string): number =>
  Number(readFileSync(join(dataOf(folder), "postmaster.pid"), "utf8").split("\n")[0]);

/** The processes that `pid` started. */
export const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").map(Number);

/** Those of `pids` that still run after a moment. */
export async function left(pids: readonly number[]): Promise<number[]> {
  for (const pid of pids) await waitUntilGone(pid, 60_000);
  return pids.filter(isRunning);
}

/** Starts the platform on `folder` and waits for its greeting. */
export async function start(
  folder: string,
  more: readonly string[] = ["--port", "0"],
  env: NodeJS.ProcessEnv = {},
): Promise<Running> {
  const door = openDoor(["local", "--data", folder, ...more], env);
  let [out, err] = ["", ""];
  door.stderr?.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  const exited = new Promise<number | null>((resolve) => {
    door.once("exit", (code) => resolve(code));
  });
  await new Promise<void>((resolve, reject) => {
    door.stdout?.setEncoding("utf8").on("data", (text: string) => {
      out += text;
      if (out.includes("npm run -s audit")) resolve();
    });
    exited.then((code) => reject(new Error(`it did not start (exit ${code}): ${err}`)));
  });
  const shown = (pattern: RegExp): string => pattern.exec(out)?.[1] ?? "";
  return {
    door,
    url: shown(/^ {2}API +(\S+)$/m),
    issuerUrl: shown(/^ {2}tokens +(\S+)\/token /m),
    policyFile: shown(/^ {2}trust policy +(.+)$/m),
    printed: () => out,
    complained: () => err,
    exited,
    stop: async () => {
      door.kill("SIGINT");
      const code = await exited;
      requireDeclared(folder);
      return code;
    },
  };
}

/** Every refusal that the platform in `folder` answered is one that its row of the table declares. */
function requireDeclared(folder: string): void {
  const log = join(folder, "requests.log");
  const lines = existsSync(log) ? readFileSync(log, "utf8").split("\n") : [];
  const undeclared = lines.filter((line) => line.includes('"undeclared":true'));
  if (undeclared.length > 0) throw new Error(`no row declares what it answered: ${undeclared[0]}`);
}
