import process from "node:process";
import type { Output } from "./terminal.ts";

/**
 * Whether a person asks how a program is used, and was told: where `--help` or `-h` stands anywhere among its arguments, but behind a `--`, `usage`
 * goes to `stdout`.
 */
export function gaveHelp(
  argv: readonly string[],
  usage: string,
  stdout: Output = process.stdout,
): boolean {
  const end = argv.indexOf("--");
  const own = argv.slice(0, end < 0 ? argv.length : end);
  const asked = own.some((arg) => arg === "--help" || arg === "-h");
  if (asked) stdout.write(`${usage}\n`);
  return asked;
}
