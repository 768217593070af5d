import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** A stub in a thread of its own. */
export interface StubApart {
  readonly endpoint: string;
  stop(): Promise<void>;
}

type Told = { readonly endpoint: string } | { readonly line: string };

/** Starts the stub on a thread: a commit of 40 documents is a tenth of a second of hashing, which nobody else of this process should wait for. */
export async function startQldbStubApart(
  folder: string,
  log: (line: string) => void,
): Promise<StubApart> {
  const worker = new Worker(new URL("./thread.ts", import.meta.url), { workerData: { folder } });
  const endpoint = await new Promise<string>((resolve, reject) => {
    worker.once("error", reject);
    worker.on("message", (told: Told) => {
      if ("endpoint" in told) resolve(told.endpoint);
      else log(told.line);
    });
  });
  return {
    endpoint,
    stop: async () => {
      const gone = once(worker, "exit");
      worker.postMessage("stop");
      await gone;
    },
  };
}
