import { spawnSync } from "node:child_process";
import process from "node:process";
import { expect, test } from "@jest/globals";

/* What works unasked has a thread of its own, and ends with the process: no API is left that looks well while nobody decides its claims. */
const apart = new URL("../../local/platform/apart.ts", import.meta.url);
const patienceMs = 60_000;

/** A process that serves for good beside a thread that runs `thread`; once that works, it runs `then`. */
function serving(thread: string, then = "") {
  const module = `import { parentPort } from "node:worker_threads";\n${thread}`;
  const program = `
    import { startApart } from ${JSON.stringify(apart)};
    const services = { place: { folder: "" }, ports: { keys: { forget: (key) => console.log("forgot", key) } } };
    const thread = new URL(${JSON.stringify(`data:text/javascript,${encodeURIComponent(module)}`)});
    const serving = setInterval(() => undefined, 1_000);
    const background = await startApart(services, "", { line: console.log, trail: console.log }, thread);
    console.log("works");
    ${then}`;
  const given = ["--input-type=module", "-e", program];
  const { status, stdout, stderr } = spawnSync(process.execPath, given, {
    encoding: "utf8",
    timeout: patienceMs,
  });
  return { status, stdout, stderr };
}

const starts = `parentPort.postMessage("started");`;

test("an error that nobody foresaw ends the process", () => {
  const { status, stdout, stderr } = serving(
    `${starts} parentPort.once("message", () => Promise.reject(new Error("unforeseen")));`,
    "background.wake();",
  );
  expect(stdout).toContain("works");
  expect(stderr).toContain("unforeseen");
  expect(status).toBe(1);
});

test("so does its end unasked", () => {
  const { status, stdout, stderr } = serving(
    `${starts} parentPort.once("message", () => process.exit(0));`,
    "background.wake();",
  );
  expect(stdout).toContain("works");
  expect(stderr).toContain("ended by itself");
  expect(status).toBe(1);
});

test("an error before it works is the start's own", () => {
  const { status, stdout, stderr } = serving(`throw new Error("no database");`);
  expect(stdout).not.toContain("works");
  expect(stderr).toContain("no database");
  expect(status).toBe(1);
});

test("asked to stop it finishes what it does, and the process goes on until it ends itself", () => {
  const finishes = `parentPort.once("message", (asked) => setTimeout(() => {
    parentPort.postMessage({ log: asked });
    parentPort.postMessage({ trail: ["published", { size: "8" }] });
    parentPort.postMessage({ destroyed: "k" });
    parentPort.close();
  }, 20));`;
  const stops = `await background.stop(); console.log("stopped"); clearInterval(serving);`;
  const { status, stdout } = serving(`${starts} ${finishes}`, stops);
  expect(stdout.trim().split("\n")).toEqual([
    "works",
    "stop",
    "published { size: '8' }",
    "forgot k",
    "stopped",
  ]);
  expect(status).toBe(0);
});
