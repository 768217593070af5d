import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Trail } from "../../functions/sequencer/trail.ts";
import type { DataKeyContext } from "../../shared/ports/keys.ts";
import type { Background, BackgroundLog, BackgroundPlace } from "./background.ts";
import type { ServicesPlace } from "./connect.ts";
import type { Services } from "./services.ts";

/** What the thread is started with. */
export type ApartPlace = BackgroundPlace & { readonly services: ServicesPlace };

/** What the thread is asked. */
export type ApartAsked = "wake" | "stop";

/** What the thread tells: a line for a person, one of the trail, a person's data key that it destroyed, that it works. */
export type ApartTold =
  | { readonly log: string }
  | { readonly trail: Parameters<Trail> }
  | { readonly destroyed: DataKeyContext }
  | "started";

const program = new URL("./apart-thread.ts", import.meta.url);

/**
 * {@link Background} in a thread of its own, as in AWS each job is a function of its own: whoever asks over HTTP does not wait behind it. Resolves once it works. An
 * error that it throws, or its end unasked, ends this process: an API whose claims nobody decides would look well.
 */
export async function startApart(
  { place, ports }: Pick<Services, "place" | "ports">,
  policies: string,
  log: BackgroundLog,
  thread = program,
): Promise<Background> {
  const workerData: ApartPlace = { services: place, folder: place.folder, policies };
  const worker = new Worker(thread, { workerData });
  const started = Promise.withResolvers<void>();
  let [works, stopping] = [false, false];
  const begin = (): void => {
    works = true;
    started.resolve();
  };
  worker.on("message", (told: ApartTold) => {
    if (told === "started") begin();
    else if ("log" in told) log.line(told.log);
    else if ("trail" in told) log.trail(...told.trail);
    else ports.keys.forget(told.destroyed);
  });
  // The event loop may give its error before whoever awaits the start goes on: its end, which follows, tells it.
  let cause: unknown;
  worker.once("error", (error) => {
    cause = error;
  });
  worker.once("exit", (code) => {
    if (!works) started.reject(cause ?? endedUnasked(code, undefined));
    else if (!stopping || cause !== undefined) throw endedUnasked(code, cause);
  });
  await started.promise;
  const ask = (asked: ApartAsked): void => worker.postMessage(asked);
  return {
    wake: () => ask("wake"),
    stop: async () => {
      stopping = true;
      const exited = once(worker, "exit");
      ask("stop");
      await exited;
    },
  };
}

const endedUnasked = (code: number, cause: unknown): Error =>
  new Error(`what works unasked ended by itself, with ${code}`, { cause });
