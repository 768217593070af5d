import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { exampleSubmission } from "../../shared/api/example.ts";
import { knownClaim } from "./claims-double.ts";
import { problemIn, startPlatform } from "./platform.ts";

let platform: Awaited<ReturnType<typeof startPlatform>>;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());

const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
const traceparent = `00-${trace}-00f067aa0ba902b7-01`;

test("the caller's trace is in the problem and in the log line", async () => {
  const path = `/claims/${"f".repeat(32)}`;
  const problem = await problemIn(
    await platform.ask(path, { as: "amina", headers: { traceparent } }),
  );
  expect(problem).toMatchObject({ status: 404, traceId: trace });
  const { requestId } = problem;
  expect(platform.lines.at(-1)?.fields).toMatchObject({ requestId, traceId: trace });
});

test("without one, or with one that can't be read, the request still has a trace of its own", async () => {
  const seen = new Set<string>();
  for (const headers of [{}, {}, { traceparent: `00-${"0".repeat(32)}-00f067aa0ba902b7-01` }]) {
    const problem = await problemIn(
      await platform.ask("/claims/nothing", { as: "amina", headers }),
    );
    expect(problem.traceId).toMatch(/^(?!0+$)[0-9a-f]{32}$/);
    seen.add(problem.traceId);
  }
  expect(seen.size).toBe(3);
});

test("a line names the stream it is about: the path's, or the new one's; never without one", async () => {
  const stream = () => platform.lines.at(-1)?.fields.stream;
  await platform.ask(`/claims/${knownClaim}`, { as: "amina" });
  expect(stream()).toBe(knownClaim);
  const headers = { "idempotency-key": "k" };
  const answer = await platform.ask("/claims", { as: "amina", body: exampleSubmission, headers });
  const { claim, record } = (await answer.json()) as {
    claim: string;
    record: { leafHash: string };
  };
  expect(stream()).toBe(claim);
  expect(platform.lines.at(-1)?.fields.record).toBe(record.leafHash);
  await platform.ask(`/records/${"0".repeat(64)}/receipt`, { as: "amina" });
  expect(stream()).toBeUndefined();
});
