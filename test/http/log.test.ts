import { afterAll, afterEach, beforeAll, expect, jest, test } from "@jest/globals";
import { requestLog } from "../../functions/http/log.ts";
import { exampleSubmission } from "../../shared/api/example.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { knownClaim } from "./claims-double.ts";
import { insurer, problemIn, startPlatform } from "./platform.ts";

let platform: Awaited<ReturnType<typeof startPlatform>>;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());
afterEach(() => {
  platform.state.failure = undefined;
});

test("one line per request says what, how and how long, and nothing of whom", async () => {
  const token = await platform.token("amina");
  const secret = { ...exampleSubmission, narrative: "Wang Li died on Tuesday" };
  const ask = (body: unknown) =>
    platform.ask("/claims?who=wang", { token, body, headers: { "idempotency-key": "secret-key" } });
  await ask(secret);
  await ask({ ...secret, "Wang Li": true });
  platform.state.failure = new Error("Key (name)=(Wang Li) already exists");
  await ask(secret);
  platform.state.failure = new Unavailable("postgres", "password of Wang Li");
  await ask(secret);
  const { lines } = platform;
  expect(lines.map(({ level, fields }) => [level, fields.status, fields.problem])).toEqual([
    ["info", 201, undefined],
    ["info", 400, "malformed-request"],
    ["error", 500, "internal"],
    ["error", 503, "unavailable"],
  ]);
  expect(lines[0]?.fields).toMatchObject({ route: "POST /claims", insurer });
  expect(lines[0]?.fields.durationMs).toBeGreaterThanOrEqual(0);
  expect(lines[2]?.fields.error).toBe("Error");
  expect(lines[2]?.fields.frames?.[0]).toMatch(/^at /);
  expect(lines[3]?.fields.unavailable).toBe("postgres");
  const written = JSON.stringify(lines, (_, value) => String(value) && value);
  for (const leak of [
    "Wang",
    "wang",
    "Tuesday",
    "U07.1",
    "100000",
    "secret-key",
    token.slice(-20),
  ]) {
    expect(written).not.toContain(leak);
  }
  expect(written).not.toMatch(/Bearer|eyJ|CN00/);
});

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

test("Powertools writes the line as one JSON object", () => {
  const written: string[] = [];
  const write = jest.spyOn(process.stdout, "write").mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  requestLog("claimant").info("request", {
    requestId: "r",
    traceId: "t",
    route: "GET /claims/{id}",
    status: 200,
    durationMs: 1.5,
  });
  write.mockRestore();
  expect(written).toHaveLength(1);
  expect(JSON.parse(written[0]!)).toMatchObject({
    level: "INFO",
    message: "request",
    service: "claimant",
    requestId: "r",
    status: 200,
  });
});

/** The names CloudWatch makes metrics of, and what it puts them under, read from one line as its format says. */
function metricsIn(line: Record<string, unknown>) {
  const { Timestamp, CloudWatchMetrics } = line._aws as {
    Timestamp: number;
    CloudWatchMetrics: {
      Namespace: string;
      Dimensions: string[][];
      Metrics: { Name: string; Unit: string }[];
    }[];
  };
  expect(Number.isInteger(Timestamp)).toBe(true);
  return CloudWatchMetrics.map(({ Namespace, Dimensions, Metrics }) => ({
    Namespace,
    dimensions: Dimensions.map((names) => names.map((name) => line[name])),
    values: Metrics.map(({ Name, Unit }) => [Name, line[Name], Unit]),
  }));
}

test.each([
  [200, 0, 0],
  [422, 1, 0],
  [503, 0, 1],
])("the line of a %d is CloudWatch's metrics too", (status, refusals, faults) => {
  const written: string[] = [];
  const write = jest.spyOn(process.stdout, "write").mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  const fields = { requestId: "r", traceId: "t", route: "GET /x", status, durationMs: 1.5 };
  requestLog("claimant").info("request", fields);
  write.mockRestore();
  expect(metricsIn(JSON.parse(written[0]!))).toEqual([
    {
      Namespace: "Countersign",
      dimensions: [["claimant"]],
      values: [
        ["durationMs", 1.5, "Milliseconds"],
        ["refusals", refusals, "Count"],
        ["faults", faults, "Count"],
      ],
    },
  ]);
});
