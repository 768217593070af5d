// Opens a door: `node bin/door.mjs <door> [args]`. Plain JavaScript, so that any Node from 16 on can say what is missing.
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const neededMajor = 24;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => join(root, ...parts);
const quiet = "--disable-warning=ExperimentalWarning";

// A demo makes and drops much at once: a larger nursery spares it copying (measured).
const roomy = ["--max-semi-space-size=64"];

// V8 forgets the code of what nobody called for some seconds: after eight of them a claim took the API 14 ms of processor time instead of 6, for four seconds (measured).
const remembering = ["--no-flush-bytecode"];

/** Each door: the arguments Node gets before the caller's own. */
const doors = {
  local: [quiet, ...remembering, at("bin", "local.ts")],
  demo: [quiet, ...roomy, at("bin", "demo.ts")],
  audit: [quiet, at("bin", "audit.ts")],
  "build-audit": [quiet, at("bin", "build-audit.ts")],
  app: [quiet, at("bin", "app.ts")],
  rebuild: [quiet, at("bin", "rebuild.ts")],
  import: [quiet, at("bin", "import.ts")],
  rules: [quiet, at("bin", "rules.ts")],
  qldb: [quiet, at("bin", "qldb.ts")],
  pack: [quiet, at("bin", "pack.ts")],
  "build-web": [quiet, at("bin", "build-web.ts")],
  bench: [quiet, at("bench", "run.ts")],
  jest: [quiet, "--experimental-vm-modules", at("node_modules", "jest", "bin", "jest.js")],
};

const major = (version) => Number(/^v(\d+)\./.exec(version)?.[1] ?? 0);

/** The path of a Node that is new enough: this one, the one npm installed here, or undefined. */
function findNode() {
  if (major(process.version) >= neededMajor) return process.execPath;
  const bin = process.platform === "win32" ? "node.exe" : "node";
  const system = process.platform === "win32" ? "win" : process.platform;
  const installed = [at("node_modules", ".bin", bin)];
  try {
    const own = createRequire(import.meta.url).resolve(
      `node-${system}-${process.arch}/package.json`,
    );
    installed.push(join(dirname(own), "bin", bin));
  } catch {
    // No Node package for this platform: the caller hears about it below.
  }
  return installed.find((path) => {
    if (!existsSync(path)) return false;
    const answer = spawnSync(path, ["--version"], { encoding: "utf8" });
    return answer.status === 0 && major(answer.stdout) >= neededMajor;
  });
}

function refuse(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
}

/**
 * Runs Node as a child in this terminal, with what it compiled last time (measured: 0.7 of 1.8 s of a start), hands signals on, and leaves with the
 * child's code.
 */
function run(node, args) {
  const { NODE_COMPILE_CACHE = at("node_modules", ".cache", "compiled") } = process.env;
  // Threads that wait for a disk: the fsyncs of 16 files together took 1.3 ms each or less with 32 of them, 2.4 ms or more with libuv's 4 (measured on ext4).
  const { UV_THREADPOOL_SIZE = "16" } = process.env;
  const env = { ...process.env, NODE_COMPILE_CACHE, UV_THREADPOOL_SIZE };
  const child = spawn(node, args, { stdio: "inherit", env });
  const interactive = Boolean(process.stdin.isTTY);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      // At a terminal Ctrl-C already reaches the child: handing it on would count as a second one.
      if (!(signal === "SIGINT" && interactive)) child.kill(signal);
    });
  }
  child.on("error", (error) => refuse(`Could not start ${node}: ${error.message}`));
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}

const [door = "", ...args] = process.argv.slice(2);
if (door === "--help" || door === "-h") {
  process.stdout.write(
    `usage: node bin/door.mjs DOOR [ARGUMENTS]\nThe doors are: ${Object.keys(doors).join(", ")}.\n`,
  );
  process.exit(0);
}
if (!Object.keys(doors).includes(door)) {
  refuse(`Unknown door "${door}". The doors are: ${Object.keys(doors).join(", ")}.`);
}
const node = findNode();
if (node === undefined) {
  refuse(
    `Countersign needs Node ${neededMajor} or newer and this is ${process.version}: run "npm ci", which installs one in node_modules.`,
  );
}
const missing = [...doors[door]].pop();
if (!existsSync(missing)) {
  refuse(
    door === "jest"
      ? `jest is not installed: run "npm ci" first.`
      : `The door "${door}" is not built here: ${missing} is missing.`,
  );
}
run(node, [...doors[door], ...args]);
