import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { exampleHash } from "../../shared/api/example.ts";
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

test.each([
  ["GET", "/nowhere"],
  ["POST", "/"],
  ["GET", "/claims//receipts"],
])("%s %s is a problem of its own, 404", async (method, path) => {
  const answer = await platform.ask(path, { method });
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.headers.get("allow")).toBeNull();
  expect(await problemIn(answer)).toMatchObject({
    type: "urn:countersign:problem:not-found",
    status: 404,
  });
  expect(platform.lines.at(-1)?.fields).toMatchObject({ route: "$default", status: 404 });
});

test.each([
  ["PUT", `/records/${exampleHash}/receipt`, "GET"],
  ["DELETE", `/records/${exampleHash}/receipt`, "GET"],
  ["OPTIONS", "/claims", /(^|, )POST($|, )/],
])("%s %s is 405, with the path's methods in Allow", async (method, path, allow) => {
  const answer = await platform.ask(path, { method });
  expect(answer.headers.get("allow")).toMatch(allow);
  expect(await problemIn(answer)).toMatchObject({
    type: "urn:countersign:problem:method-not-allowed",
    status: 405,
  });
});

test("HEAD of a route is 405: API Gateway gives a GET route no HEAD", async () => {
  const answer = await platform.ask(`/records/${exampleHash}/receipt`, { method: "HEAD" });
  expect([answer.status, answer.headers.get("allow"), await answer.text()]).toEqual([
    405,
    "GET",
    "",
  ]);
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
