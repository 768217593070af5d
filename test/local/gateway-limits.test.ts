import { afterEach, describe, expect, test } from "@jest/globals";
import { htmlPage } from "../../local/gateway/pages.ts";
import { type GatewayOptions, startGateway } from "../../local/gateway/start.ts";
import { throttle } from "../../local/gateway/throttle.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import { gatewayLimits } from "../../shared/api/gateway-error.ts";

const mib = 1024 * 1024;
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** A gateway whose every function gives `answer`; asks what no row takes, which needs no token. */
async function asking(answer: unknown, more: Partial<GatewayOptions> = {}) {
  let calls = 0;
  const handler = async () => {
    calls += 1;
    return answer;
  };
  const gateway = await startGateway({
    port: 0,
    handlers: {
      claimant: handler,
      insurer: handler,
      auditor: handler,
      public: handler,
      unrouted: handler,
    },
    trusted: { issuer: "i", jwks: { keys: [] }, audience: ["c"] },
    published: memoryStore(),
    log: () => {},
    ...more,
  });
  stops.push(() => gateway.stop(0));
  return {
    calls: () => calls,
    ask: async (init: RequestInit = {}) => {
      const { status, text } = await fetch(`${gateway.url}/nowhere`, init).then(async (reply) => ({
        status: reply.status,
        text: await reply.text(),
      }));
      return { status, text };
    },
  };
}

describe("Lambda's 6 MB", () => {
  const json = { "content-type": "application/json" };

  test("hold for the event: what the gateway takes and a function can't is 413", async () => {
    const { ask, calls } = await asking({ statusCode: 200, body: "read" });
    const fits = "x".repeat(5 * mib);
    expect(await ask({ method: "POST", body: fits, headers: json })).toMatchObject({ status: 200 });
    const beyond = "x".repeat(6 * mib);
    expect(await ask({ method: "POST", body: beyond, headers: json })).toEqual({
      status: 413,
      text: '{"message":"Request Entity Too Large"}',
    });
    // Not text: in base64 even less of it fits.
    expect(await ask({ method: "POST", body: new Uint8Array(5 * mib) })).toMatchObject({
      status: 413,
    });
    expect(calls()).toBe(1);
  });

  test("hold for the result: a larger one is 500", async () => {
    const fits = await asking({ statusCode: 200, body: "x".repeat(6 * mib - 1_000) });
    expect((await fits.ask()).status).toBe(200);
    const beyond = await asking({ statusCode: 200, body: "x".repeat(gatewayLimits.functionBytes) });
    expect(await beyond.ask()).toEqual({
      status: 500,
      text: '{"message":"Internal Server Error"}',
    });
    // Escapes count: each of these characters is two in JSON.
    const escaped = await asking({ statusCode: 200, body: '"'.repeat(3 * mib) });
    expect((await escaped.ask()).status).toBe(500);
  });
});

describe("the stage's throttle", () => {
  test("answers 429 before any function, and nothing that a CDN serves", async () => {
    const pages = new Map([["/verify", htmlPage(async () => "page")]]);
    const { ask, calls } = await asking("ok", { throttle: { perSecond: 0, burst: 2 }, pages });
    expect((await ask()).status).toBe(200);
    expect((await ask()).status).toBe(200);
    expect(await ask()).toEqual({ status: 429, text: '{"message":"Too Many Requests"}' });
    expect(calls()).toBe(2);
  });

  test("is a bucket: a burst passes, then as many a second as fill it", () => {
    const mayPass = throttle({ perSecond: 100, burst: 200 });
    const passed = (count: number, nowMs: number) =>
      Array.from({ length: count }, () => mayPass(nowMs)).filter(Boolean).length;
    expect(passed(500, 1_000)).toBe(200);
    expect(passed(500, 1_500)).toBe(50);
    expect(passed(500, 1_400)).toBe(0);
    expect(passed(500, 1_500)).toBe(0);
    expect(passed(500, 1_600)).toBe(10);
    expect(passed(500, 60_000)).toBe(200);
  });
});
