import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { exampleHash } from "../../shared/api/example.ts";
import { problemIn, startPlatform } from "./platform.ts";

let platform: Awaited<ReturnType<typeof startPlatform>>;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());

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
