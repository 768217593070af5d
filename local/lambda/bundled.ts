import { Worker } from "node:worker_threads";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type { Handler } from "../gateway/invoke.ts";

/** An event on its way into a function's thread; `context` is what of Lambda's context can be copied, `endsMs` when its time is up. */
export interface Invocation {
  readonly id: number;
  readonly event: APIGatewayProxyEventV2;
  readonly context: object;
  readonly endsMs: number;
}

/** What became of one: its result, or the name of what it threw. */
export type Called =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failed: string };

/** A bundle that answers events, in a thread of its own. */
export interface BundledFunction {
  readonly handler: Handler;
  stop(): Promise<void>;
}

/** A function's thread is gone, or its handler threw. */
class FunctionFailed extends Error {
  override readonly name = "FunctionFailed";
}

type Settle = (called: Called) => void;

/**
 * Loads the bundle `file` as Lambda would, with `env` for its whole environment, and gives its handler once it is loaded. What it writes goes to `log`, line
 * by line. A thread that died answers no more: every event fails at once. Throws what the bundle throws on loading.
 */
export async function startBundled(
  file: string,
  env: Readonly<Record<string, string>>,
  log: (line: string) => void,
): Promise<BundledFunction> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), {
    workerData: { file },
    env: { ...env },
    stdout: true,
    stderr: true,
  });
  for (const stream of [worker.stdout, worker.stderr]) tellLines(stream, log);
  const waiting = new Map<number, Settle>();
  await loaded(worker);
  worker.on("message", (called: Called) => waiting.get(called.id)?.(called));
  let ended = false;
  const gone = (): void => {
    ended = true;
    for (const [id, settle] of waiting) settle({ id, failed: "the thread is gone" });
  };
  worker.on("error", gone).on("exit", gone);
  let ids = 0;
  return {
    handler: async (event, context) => {
      if (ended) throw new FunctionFailed("the thread is gone");
      const id = ids++;
      const { getRemainingTimeInMillis, done, fail, succeed, ...copied } = context;
      const endsMs = Date.now() + getRemainingTimeInMillis();
      const called = await new Promise<Called>((resolve) => {
        waiting.set(id, resolve);
        worker.postMessage({ id, event, context: copied, endsMs } satisfies Invocation);
      });
      waiting.delete(id);
      if ("failed" in called) throw new FunctionFailed(called.failed);
      return called.result;
    },
    stop: async () => {
      await worker.terminate();
    },
  };
}

function loaded(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once("message", () => {
      worker.off("error", reject);
      resolve();
    });
    worker.once("error", reject);
  });
}

function tellLines(stream: NodeJS.ReadableStream, log: (line: string) => void): void {
  stream.setEncoding("utf8").on("data", (text: string) => {
    for (const line of text.split("\n")) if (line !== "") log(line);
  });
}
