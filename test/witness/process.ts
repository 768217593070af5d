import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { projectFolder } from "../cli/door.ts";

/** A witness that somebody started with `audit witness`. */
export interface WitnessProcess {
  readonly child: ChildProcess;
  readonly url: string;
  readonly verifierKey: string;
  /** SIGKILL, and until it is gone. */
  kill(): Promise<void>;
}

export async function startWitness(
  policy: string,
  state: string,
  more: readonly string[] = [],
): Promise<WitnessProcess> {
  const options = ["--policy", policy, "--state", state, "--port", "0", "--json", ...more];
  const child = spawn(process.execPath, ["bin/audit.ts", "witness", ...options], {
    cwd: projectFolder,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const gone = once(child, "exit");
  const [line] = await Promise.race([
    once(child.stdout, "data"),
    gone.then(([code]) => {
      throw new Error(`the witness did not start (exit ${code})`);
    }),
  ]);
  return {
    child,
    ...(JSON.parse(String(line)) as { url: string; verifierKey: string }),
    kill: async () => {
      child.kill("SIGKILL");
      await gone;
    },
  };
}
