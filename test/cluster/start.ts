import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The environment variable through which the workers of a run find its cluster. */
export const variable = "COUNTERSIGN_TEST_CLUSTER";

const running = globalThis as typeof globalThis & { testClusterKeeper?: ChildProcess };

/** jest globalSetup: one PostgreSQL for the whole run, kept by a process that outlives even a killed jest for a moment. */
export default async function start(): Promise<void> {
  const keeper = spawn(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      fileURLToPath(new URL("./keeper.ts", import.meta.url)),
    ],
    { stdio: ["pipe", "pipe", "inherit"], detached: true },
  );
  running.testClusterKeeper = keeper;
  process.env[variable] = await firstLine(keeper);
}

/** jest globalTeardown: lets go of the keeper and waits until it has cleaned up. */
export async function stopKeeper(): Promise<void> {
  const keeper = running.testClusterKeeper;
  if (keeper === undefined || keeper.exitCode !== null) return;
  const gone = new Promise((resolve) => keeper.once("exit", resolve));
  keeper.stdin?.end();
  await gone;
}

function firstLine(keeper: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    keeper.stdout?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes("\n")) resolve(text.trim());
    });
    keeper.once("error", reject);
    keeper.once("exit", () =>
      reject(new Error("the test cluster did not start; its reason is above")),
    );
  });
}
