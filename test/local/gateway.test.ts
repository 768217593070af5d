import { once } from "node:events";
import { Agent, get, type IncomingMessage, request as send } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { CannotListen } from "../../local/gateway/listen.ts";
import { htmlPage } from "../../local/gateway/pages.ts";
import { type GatewayOptions, startGateway } from "../../local/gateway/start.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";

const hash = "ab".repeat(32);
const path = `/records/${hash}/receipt`;
const lines: object[] = [];
type Answering = (event: APIGatewayProxyEventV2, context: Context) => Promise<unknown>;
let answering: Answering = async () => "";

const { publicKey, privateKey } = await generateKeyPair("RS256");
const jwk = { ...(await exportJWK(publicKey)), kid: "k", alg: "RS256", use: "sig" };
const token = await new SignJWT({ client_id: "c", scope: "countersign/claims:read" })
  .setProtectedHeader({ alg: "RS256", kid: "k" })
  .setIssuer("i")
  .setExpirationTime("1h")
  .sign(privateKey);
const bearer = { authorization: `Bearer ${token}` };

const options = (more: Partial<GatewayOptions> = {}): GatewayOptions => {
  const handler: Answering = (event, context) => answering(event, context);
  return {
    port: 0,
    handlers: {
      claimant: handler,
      insurer: handler,
      auditor: handler,
      public: handler,
      unrouted: handler,
    },
    trusted: { issuer: "i", jwks: { keys: [jwk] }, audience: ["c"] },
    published: memoryStore(),
    log: (line) => void lines.push(line),
    timeoutMs: 200,
    ...more,
  };
};

let gateway: Awaited<ReturnType<typeof startGateway>>;
beforeAll(async () => {
  gateway = await startGateway(options());
});
afterAll(() => gateway.stop(0));

const ask = async (target = path, init: RequestInit = {}) => {
  const answer = await fetch(gateway.url + target, { headers: bearer, ...init });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
};

describe("a function's result", () => {
  test("is read as API Gateway reads it: structured, inferred, base64, cookies", async () => {
    answering = async () => ({
      statusCode: 207,
      headers: { "X-One": 1 },
      cookies: ["a=1", "b=2"],
      body: "aGk=",
      isBase64Encoded: true,
    });
    const structured = await ask();
    expect(structured).toMatchObject({ status: 207, text: "hi" });
    expect(structured.headers.get("x-one")).toBe("1");
    expect(structured.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    answering = async () => ({ message: "hello" });
    const inferred = await ask();
    expect(inferred).toMatchObject({ status: 200, text: '{"message":"hello"}' });
    expect(inferred.headers.get("content-type")).toBe("application/json");
  });

  test("that is thrown or malformed is 500, in API Gateway's bytes, and logged without its text", async () => {
    const failure = { status: 500, text: '{"message":"Internal Server Error"}' };
    answering = async () => {
      throw new Error("secret");
    };
    expect(await ask()).toMatchObject(failure);
    answering = () => {
      throw new Error("secret");
    };
    expect(await ask()).toMatchObject(failure);
    answering = async () => ({ statusCode: "200" });
    expect(await ask()).toMatchObject(failure);
    const route = "GET /records/{leafHash}/receipt";
    const ids = { requestId: expect.any(String), traceId: expect.any(String) };
    expect(lines).toContainEqual({ event: "function failed", route, ...ids });
    expect(JSON.stringify(lines)).not.toContain("secret");
  });

  test("that takes too long is 503, in API Gateway's bytes", async () => {
    answering = () => new Promise(() => {});
    expect(await ask()).toMatchObject({ status: 503, text: '{"message":"Service Unavailable"}' });
  });
});

test("a function gets a copy of the event and a context that counts down", async () => {
  const seen: { event: APIGatewayProxyEventV2; context: Context; leftMs: number }[] = [];
  answering = async (event, context) => {
    seen.push({ event, context, leftMs: context.getRemainingTimeInMillis() });
    return "";
  };
  await ask();
  expect(seen[0]?.event.pathParameters).toEqual({ leafHash: hash });
  expect(seen[0]?.event.requestContext).toMatchObject({
    authorizer: { jwt: { claims: { client_id: "c" } } },
  });
  expect(seen[0]?.context.functionName).toBe("claimant");
  const { leftMs = 0 } = seen[0] ?? {};
  expect(leftMs).toBeGreaterThan(0);
  await new Promise((resolve) => setTimeout(resolve, 10));
  const later = seen[0]?.context.getRemainingTimeInMillis() ?? leftMs;
  expect(later).toBeLessThan(leftMs);
});

test.each([
  ["/nowhere", "GET"],
  [path, "PUT"],
  [path, "HEAD"],
])("%s %s is no row's: $default, asked without a token, has it", async (target, method) => {
  const seen: APIGatewayProxyEventV2[] = [];
  answering = async (event) => {
    seen.push(event);
    return { statusCode: 404 };
  };
  expect(await ask(target, { method, headers: {} })).toMatchObject({ status: 404 });
  expect(seen[0]).toMatchObject({ routeKey: "$default", rawPath: target });
  expect(seen[0]).not.toHaveProperty("pathParameters");
  expect(seen[0]?.requestContext).not.toHaveProperty("authorizer");
});

describe("refused before any function", () => {
  test.each([
    ["/records/%zz/receipt", "GET", 400, "Bad Request"],
    ["/logs/%ff/checkpoint", "GET", 400, "Bad Request"],
  ])("%s %s", async (target, method, status, message) => {
    answering = async () => "reached";
    const answer = await ask(target, { method });
    expect(answer.status).toBe(status);
    expect(answer.text).toBe(JSON.stringify({ message }));
  });

  test.each(["announced", "streamed"])("a payload above 10 MB, %s, is 413", async (how) => {
    answering = async () => "reached";
    const headers: Record<string, string> =
      how === "announced"
        ? { ...bearer, "content-length": String(10 * 1024 * 1024 + 1) }
        : { ...bearer, "transfer-encoding": "chunked" };
    const outgoing = send({ port: gateway.port, path, headers, agent: false });
    outgoing.on("error", () => {});
    const answered = once(outgoing, "response") as Promise<[IncomingMessage]>;
    if (how === "announced") outgoing.flushHeaders();
    else outgoing.end(Buffer.alloc(10 * 1024 * 1024 + 1));
    const [response] = await answered;
    expect(response.statusCode).toBe(413);
    expect(await text(response)).toBe('{"message":"Request Entity Too Large"}');
    outgoing.destroy();
  });

  test("an outage of the published store is 503", async () => {
    const published = {
      ...memoryStore(),
      get: () => Promise.reject(new Unavailable("folder", "the disk failed")),
    };
    const broken = await startGateway(options({ published }));
    const answer = await fetch(`${broken.url}/logs/a/checkpoint`);
    expect([answer.status, await answer.text()]).toEqual([
      503,
      '{"message":"Service Unavailable"}',
    ]);
    await broken.stop(0);
  });
});

test("a static page is public, made once, in its own type, and no other path or method is it", async () => {
  let made = 0;
  const page = async () => `<!doctype html>${++made}`;
  const serving = await startGateway(options({ pages: new Map([["/verify", htmlPage(page)]]) }));
  const fetched = (path: string, init?: RequestInit) => fetch(serving.url + path, init);
  expect(made).toBe(0);
  for (const path of ["/verify", "/verify?x=1"]) {
    const answer = await fetched(path);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(await answer.text()).toBe("<!doctype html>1");
  }
  expect(await (await fetched("/verify", { method: "HEAD" })).text()).toBe("");
  for (const [path, method] of [
    ["/verify/", "GET"],
    ["/verify", "POST"],
    ["/", "GET"],
  ] as const) {
    answering = async () => ({ statusCode: 299 });
    expect((await fetched(path, { method })).status).toBe(299);
  }
  await serving.stop(0);
});

test("a taken port is one sentence that names it", async () => {
  const again = startGateway(options({ port: gateway.port }));
  await expect(again).rejects.toThrow(CannotListen);
  await expect(again).rejects.toThrow(
    `The gateway can't listen: port ${gateway.port} on 127.0.0.1 is taken by another program.`,
  );
});

test("listens on loopback only", async () => {
  const probe = connect({ host: "127.0.0.2", port: gateway.port });
  await expect(once(probe, "connect")).rejects.toThrow("ECONNREFUSED");
});

test("stops at once over idle keep-alive connections, and lets a running request finish", async () => {
  const stopping = await startGateway(options({ timeoutMs: 5_000 }));
  const agent = new Agent({ keepAlive: true });
  const open = async () => {
    const outgoing = get({ host: "127.0.0.1", port: stopping.port, path, agent, headers: bearer });
    return (await once(outgoing, "response")) as [IncomingMessage];
  };
  answering = async () => "first";
  const [idle] = await open();
  await text(idle);
  const release = Promise.withResolvers<string>();
  const reached = Promise.withResolvers<void>();
  answering = () => {
    reached.resolve();
    return release.promise;
  };
  const running = open();
  await reached.promise;
  const started = Date.now();
  const stopped = stopping.stop(60_000);
  release.resolve("finished");
  const [response] = await running;
  expect(await text(response)).toBe("finished");
  await stopped;
  expect(Date.now() - started).toBeLessThan(30_000);
  agent.destroy();
});

test("cuts what does not finish within the grace", async () => {
  const stopping = await startGateway(options({ timeoutMs: 60_000 }));
  const reached = Promise.withResolvers<void>();
  const release = Promise.withResolvers<string>();
  answering = () => {
    reached.resolve();
    return release.promise;
  };
  const hanging = fetch(stopping.url + path, { headers: bearer }).catch((error: Error) => error);
  await reached.promise;
  await stopping.stop(50);
  expect(await hanging).toMatchObject({ message: "fetch failed" });
  release.resolve("");
});
