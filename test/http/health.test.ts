import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { problemIn, startPlatform } from "./platform.ts";

let platform: Awaited<ReturnType<typeof startPlatform>>;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());
afterEach(() => {
  platform.state.failure = undefined;
});

test("it says, to anyone, that it runs and that it is ready; no cache keeps it", async () => {
  for (const [path, status] of [
    ["/health", "up"],
    ["/ready", "ready"],
  ] as const) {
    const answer = await platform.ask(path);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect([answer.status, await answer.json()]).toEqual([200, { status }]);
  }
});

test("without its database it still runs, and is not ready: 503 with Retry-After", async () => {
  platform.state.failure = new Unavailable("postgres", "connect ECONNREFUSED 127.0.0.1:5432");
  expect((await platform.ask("/health")).status).toBe(200);
  const answer = await platform.ask("/ready");
  expect(answer.headers.get("retry-after")).toBe("2");
  expect(await problemIn(answer)).toMatchObject({
    status: 503,
    type: "urn:countersign:problem:unavailable",
  });
});
