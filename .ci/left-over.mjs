// Prints, one a line, the processes whose environment mentions a mark, or whose program lies in this clone:
// node left-over.mjs MARK. Linux only: elsewhere it ends with 3.
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { dirname, sep } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

if (!existsSync("/proc/self/environ")) process.exit(3);
const clone = dirname(dirname(fileURLToPath(import.meta.url))) + sep;
const mark = process.argv[2];

/** What `read` gives, or nothing: processes end while they are looked at, and others' are closed to us. */
const orNothing = (read) => {
  try {
    return read();
  } catch {
    return "";
  }
};

for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
  if (Number(pid) === process.pid) continue;
  const environment = orNothing(() => readFileSync(`/proc/${pid}/environ`, "utf8"));
  const program = orNothing(() => readlinkSync(`/proc/${pid}/exe`));
  if (!environment.includes(mark) && !program.startsWith(clone)) continue;
  const command = orNothing(() => readFileSync(`/proc/${pid}/cmdline`, "utf8"));
  process.stdout.write(`${pid} ${command.replaceAll("\0", " ").slice(0, 160)}\n`);
}
