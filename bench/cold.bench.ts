import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { builtNames, bundleFunctions, bundleLimitBytes } from "../lib/bundle-functions.ts";
import type { Figure } from "./figure.ts";
import { lambdaEnvironment } from "./lambda-environment.ts";
import { medianOf } from "./rate.ts";

const run = promisify(execFile);
const rounds = 15;
const limitMs = 150;

/** What a fresh process does: loads the one file it is given and says how long it has lived (from its start, Node's included). */
const starter = `await import(process.argv[2]);
process.stdout.write(String(performance.now()), () => process.exit(0));
`;

/**
 * How long a function takes to be ready over one that does nothing, each start in a process of its own and right after one of the empty function, so that
 * what else the machine does tells in both; and how large its bundle is.
 */
export async function* figures(): AsyncGenerator<Figure> {
  const folder = await mkdtemp(join(tmpdir(), "countersign-cold-"));
  try {
    const built = await bundleFunctions(folder);
    for (const name of builtNames) {
      const limit = bundleLimitBytes(name) / 1000;
      const value = built[name].sizeBytes / 1000;
      yield { name: `bundle.${name}`, value, unit: "kB", limitName: "at most", limit };
    }
    const start = await starting(folder);
    const starts = builtNames.map((name) => ({
      ...{ name, file: built[name].file },
      ...{ ms: [] as number[], emptyMs: [] as number[] },
    }));
    for (let round = 0; round < rounds; round++) {
      for (const { file, ms, emptyMs } of starts) {
        emptyMs.push(await start(join(folder, "empty", "index.mjs")));
        ms.push(await start(file));
      }
    }
    for (const { name, ms, emptyMs } of starts) {
      const value = medianOf(ms) - medianOf(emptyMs);
      yield { name: `cold.${name}`, value, unit: "ms", limitName: "at most", limit: limitMs };
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Writes the empty function and what starts one; gives that, in ms from the process's start to the handler. */
async function starting(folder: string): Promise<(file: string) => Promise<number>> {
  await mkdir(join(folder, "empty"));
  await writeFile(join(folder, "empty", "index.mjs"), "export const handler = async () => {};\n");
  const starterFile = join(folder, "start.mjs");
  await writeFile(starterFile, starter);
  return async (file) => {
    const { stdout } = await run(process.execPath, [starterFile, file], { env: lambdaEnvironment });
    return Number(stdout);
  };
}
