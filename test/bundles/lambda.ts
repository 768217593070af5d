import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** An event on its way into a function's process, and the time its context has left. */
export interface Asked {
  readonly event: unknown;
  readonly remainingMs: number;
}

/** What came of it: the result as JSON, or the error it threw. */
export type Outcome =
  | { readonly result: ReturnType<typeof JSON.parse> }
  | { readonly failed: string };

/** A function in a process of its own. */
export interface Lambda {
  /** One event after another, as Lambda asks one environment. */
  invoke(event: unknown): Promise<Outcome>;
  /** All it wrote, line by line. */
  readonly lines: readonly string[];
  stop(): Promise<void>;
}

const runtime = fileURLToPath(new URL("./runtime.ts", import.meta.url));
const remainingMs = 900_000;

/**
 * Loads the bundle `file` in a fresh Node process with `env` for its whole environment; `imports` are modules that are there before it. Throws with what it wrote where it
 * can't be loaded.
 */
export async function startLambda(
  file: string,
  env: Readonly<Record<string, string>>,
  imports: readonly URL[] = [],
): Promise<Lambda> {
  const execArgv = imports.flatMap(({ href }) => ["--import", href]);
  const child = fork(runtime, [file], { env: { ...env }, execArgv, silent: true });
  const written: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => void written.push(text));
  }
  const exited = once(child, "exit");
  const told = async (): Promise<unknown> => {
    const [message] = await Promise.race([
      once(child, "message"),
      exited.then(() => {
        throw new Error(`the process is gone: ${written.join("")}`);
      }),
    ]);
    return message;
  };
  await told();
  let last: Promise<unknown> = Promise.resolve();
  return {
    invoke: (event) => {
      const next = last.then(() => {
        const answer = told();
        child.send({ event, remainingMs } satisfies Asked);
        return answer as Promise<Outcome>;
      });
      last = next.catch(() => undefined);
      return next;
    },
    get lines() {
      return written.join("").split("\n");
    },
    stop: async () => {
      child.kill();
      await exited;
    },
  };
}
