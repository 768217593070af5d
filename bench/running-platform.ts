import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { machineToken } from "../local/issuer/ask.ts";

/** The platform as a person starts it, in a process of its own, and a token of the insurer's intake. */
export interface RunningPlatform {
  readonly url: string;
  readonly token: string;
  stop(): Promise<void>;
}

const door = fileURLToPath(new URL("../bin/door.mjs", import.meta.url));

/** Starts `npm start` on `folder` and the PostgreSQL at `databaseUrl`. Throws what it said when it does not start. */
export async function startRunningPlatform(
  folder: string,
  databaseUrl: string,
): Promise<RunningPlatform> {
  const child = spawn(process.execPath, [door, "local", "--port", "0", "--data", folder], {
    env: { ...process.env, DATABASE_URL: databaseUrl },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const printed = await greetingOf(child);
  const url = /^ {2}API +(\S+)$/m.exec(printed)?.[1] ?? "";
  const issuerUrl = /^ {2}tokens +(\S+)\/token /m.exec(printed)?.[1] ?? "";
  const secret = readFileSync(join(folder, "issuer", "clinic.secret"), "utf8");
  return {
    url,
    token: await machineToken(issuerUrl, "clinic", secret),
    stop: async () => {
      const exited = once(child, "exit");
      child.kill("SIGINT");
      await exited;
    },
  };
}

function greetingOf(child: ChildProcess): Promise<string> {
  let [out, err] = ["", ""];
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  return new Promise((resolve, reject) => {
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      out += text;
      if (out.includes("npm run -s audit")) resolve(out);
    });
    child.once("exit", (code) => reject(new Error(`the platform did not start (${code}): ${err}`)));
  });
}
