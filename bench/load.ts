import { Agent, request } from "node:http";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";

/** One thing done: how long it took. Throws where it was not done. */
export type Work = (index: number) => Promise<void>;

/** How many times a second `work` is done, by `workers` that each begin anew when they are done, for `durationMs`. */
export async function closedLoop(work: Work, workers: number, durationMs: number): Promise<number> {
  const start = performance.now();
  let done = 0;
  let next = 0;
  const one = async (): Promise<void> => {
    while (performance.now() - start < durationMs) {
      await work(next++);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: workers }, one));
  return (done * 1000) / (performance.now() - start);
}

/**
 * Milliseconds that each `work` took, begun `perSecond` times a second whether or not those before are done, so that a wait is in the figures of all that
 * were to begin meanwhile.
 */
export async function openLoop(
  work: Work,
  perSecond: number,
  durationMs: number,
): Promise<number[]> {
  const start = performance.now();
  const all: Promise<number>[] = [];
  for (let index = 0; (index * 1000) / perSecond < durationMs; index++) {
    const dueMs = start + (index * 1000) / perSecond;
    const waitMs = dueMs - performance.now();
    if (waitMs > 1) await sleep(waitMs);
    all.push(work(index).then(() => performance.now() - dueMs));
  }
  return Promise.all(all);
}

/** The value that 99 of 100 do not exceed. */
export const p99Of = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.99) - 1] ?? 0;

/** A client over connections that are kept, as many as it needs. */
export interface Client {
  post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<Answer>;
  get(url: string, headers: Readonly<Record<string, string>>): Promise<Answer>;
  close(): void;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** A plain node:http client. */
export function openClient(): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const ask = (
    method: string,
    url: string,
    headers: Readonly<Record<string, string>>,
    body: string,
  ): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const sent = request(url, { method, agent, headers }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (piece: string) => {
          text += piece;
        });
        response.once("end", () => resolve({ status: response.statusCode ?? 0, body: text }));
        response.once("error", reject);
      });
      sent.once("error", (error: NodeJS.ErrnoException) => {
        // A kept connection that the server closed as we sent: asked again on another, as Node's documentation of `reusedSocket` has it.
        if (sent.reusedSocket && error.code === "ECONNRESET") {
          ask(method, url, headers, body).then(resolve, reject);
        } else reject(error);
      });
      sent.end(body);
    });
  return {
    post: (url, headers, body) =>
      ask("POST", url, { ...headers, "content-length": String(Buffer.byteLength(body)) }, body),
    get: (url, headers) => ask("GET", url, headers, ""),
    close: () => agent.destroy(),
  };
}
