import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "@jest/globals";
import { patiently } from "../../functions/command/patiently.ts";
import { call } from "../../local/demo/call.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";

/** An API that is busy for its first `busy` requests. */
async function busyApi(busy: number, retryAfter: string | undefined) {
  const keys: unknown[] = [];
  const server = createServer((request, response) => {
    keys.push(request.headers["idempotency-key"]);
    const later = keys.length <= busy;
    const wait = retryAfter === undefined ? {} : { "retry-after": retryAfter };
    response.writeHead(later ? 503 : 201, later ? wait : {}).end('{"claim":"c"}');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/claims`;
  const ask = () => call({ method: "POST", url, token: "t", body: {}, key: "k" });
  return { keys, ask, stop: () => server.close() };
}

test("a 503 is asked again after its Retry-After, under the same key", async () => {
  const api = await busyApi(2, "0");
  expect(await api.ask()).toEqual({ json: { claim: "c" }, etag: undefined });
  expect(api.keys).toEqual(["k", "k", "k"]);
  api.stop();
});

test.each([
  ["forever", 1_000, "0", 10],
  ["without saying when", 1_000, undefined, 1],
])("a 503 %s is an error in the end", async (_, busy, retryAfter, asked) => {
  const api = await busyApi(busy, retryAfter);
  await expect(api.ask()).rejects.toThrow("503");
  expect(api.keys).toHaveLength(asked);
  api.stop();
});

test("a command is tried again while a service says later, up to ten times, and for no other reason", async () => {
  let calls = 0;
  const atOnce = { sleep: async () => {} };
  const failing = (times: number, error: Error) => async () => {
    if (++calls <= times) throw error;
    return calls;
  };
  const outage = new Unavailable("keys", "a test's outage");
  expect(await patiently(atOnce, failing(3, outage))).toBe(4);
  calls = 0;
  await expect(patiently(atOnce, failing(1_000, outage))).rejects.toThrow(outage);
  expect(calls).toBe(10);
  calls = 0;
  await expect(patiently(atOnce, failing(1, new Error("bug")))).rejects.toThrow("bug");
  expect(calls).toBe(1);
});
