import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/** One attempt to leave this machine, as the preload writes it. */
export type Attempt = {
  readonly what: "connect" | "send" | "lookup";
  readonly host: string;
  readonly port?: number | string;
  readonly pid: number;
};

const preload = fileURLToPath(new URL("preload.cjs", import.meta.url));

/** The pair AWS's documentation uses: they look real and open nothing. */
const credentials = {
  AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
  AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  AWS_REGION: "eu-central-1",
};

/** Runs `program` (an ES module's text) under the preload; gives what it printed, its exit code and what was recorded. */
export async function recorded(program: string) {
  const folder = mkdtempSync(join(tmpdir(), "countersign offline-"));
  try {
    const record = join(folder, "network.jsonl");
    const env = {
      ...process.env,
      ...credentials,
      NODE_OPTIONS: `--require=${JSON.stringify(preload)}`,
      COUNTERSIGN_NETWORK_RECORD: record,
    };
    const child = spawn(process.execPath, ["--input-type=module", "--eval", program], { env });
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { out, err, code, attempts: attemptsIn(record) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function attemptsIn(path: string): Attempt[] {
  try {
    const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Attempt);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
