import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Verdict } from "../audit/verdict.ts";

const audit = fileURLToPath(new URL("../../bin/audit.ts", import.meta.url));

/** The auditor's own verdict on a bundle: `audit verify` in a fresh process that has neither database nor keys. */
export async function verifyApart(folder: string, policies: string): Promise<Verdict> {
  const args = ["verify", folder, "--policy", policies, "--json"];
  const child = spawn(process.execPath, [...process.execArgv, audit, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject).once("close", resolve);
  });
  if (code !== 0 && code !== 1) throw new Error(`the audit could not run (exit ${code})`);
  return JSON.parse(text) as Verdict;
}
