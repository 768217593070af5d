import { expect, test } from "@jest/globals";
import type { Context } from "aws-lambda";
import { commandReply } from "../../functions/http/command-reply.ts";
import { dispatch } from "../../functions/http/dispatch.ts";
import type { ApiEvent } from "../../functions/http/event.ts";
import { endpoint } from "../../functions/http/stack.ts";
import { routes } from "../../shared/api/routes.ts";
import { refuse } from "../../shared/base/refusal.ts";
import { knownClaim, principalsDouble } from "./claims-double.ts";

const event = {
  routeKey: "GET /claims/{id}",
  rawPath: `/claims/${knownClaim}`,
  headers: {},
  pathParameters: { id: knownClaim },
  requestContext: { requestId: "r" },
  isBase64Encoded: false,
} as unknown as ApiEvent;
const context = { getRemainingTimeInMillis: () => 520 } as Context;
const edge = {
  principals: principalsDouble(() => "i", []),
  log: { info: () => {}, error: () => {} },
  now: () => 0n,
};
const never = () => new Promise<never>(() => {});

test("a route that needs a token answers 401 even if a gateway let it through without", async () => {
  const result = await endpoint(routes.readClaim, edge, never)(event, context);
  expect(result).toMatchObject({ statusCode: 401, headers: { "www-authenticate": "Bearer" } });
});

test("a token without the route's scope is 403 even if a gateway let it through", async () => {
  const claims = { iss: "i", sub: "s", token_use: "access", scope: "countersign/claims:submit" };
  const requestContext = { requestId: "r", authorizer: { jwt: { claims, scopes: null } } };
  const passed = { ...event, requestContext } as unknown as ApiEvent;
  expect(await endpoint(routes.readClaim, edge, never)(passed, context)).toMatchObject({
    statusCode: 403,
  });
});

test("what an endpoint recorded wakes the log's next job; an answer that is kept, and a refusal, don't", async () => {
  const woken: string[] = [];
  const waking = { ...edge, wake: async (insurer: string) => void woken.push(insurer) };
  const kept = { status: 201, body: new Uint8Array([0x7b, 0x7d]) };
  const refusal = refuse("wrong-state", "No.");
  const open = { ...event, pathParameters: { insurer: "acme" } } as ApiEvent;
  const answers = [
    [{ committed: {}, reply: kept }, 201],
    [{ kept }, 201],
    [{ keptRefusal: refusal }, 409],
    [refusal, 409],
  ] as const;
  const replayed: unknown[] = [];
  for (const [reply, status] of answers) {
    const respond = async () => commandReply("acme", reply);
    const result = await endpoint(routes.readCheckpoint, waking, respond)(open, context);
    expect(result.statusCode).toBe(status);
    replayed.push(result.headers?.["idempotency-replayed"]);
  }
  expect(woken).toEqual(["acme"]);
  expect(replayed).toEqual([undefined, "true", "true", undefined]);
});

test("an endpoint that runs out of Lambda's time says 503 itself", async () => {
  const open = { ...event, pathParameters: { insurer: "acme" } } as ApiEvent;
  const result = await endpoint(routes.readCheckpoint, edge, never)(open, context);
  expect(result).toMatchObject({ statusCode: 503, headers: { "retry-after": "2" } });
  expect(JSON.parse(result.body ?? "")).toMatchObject({ requestId: "r", status: 503 });
});

test("a function that is sent another's route answers 404", async () => {
  const result = await dispatch([[routes.submitClaim, never]])(event, context);
  expect(result.statusCode).toBe(404);
});

test("a refusal that the row does not declare is answered for what it is, and its line is an error that says so", async () => {
  const lines: [level: string, fields: object][] = [];
  const log = {
    info: (_: string, fields: object) => void lines.push(["info", fields]),
    error: (_: string, fields: object) => void lines.push(["error", fields]),
  };
  const open = { ...event, pathParameters: { insurer: "acme" } } as ApiEvent;
  for (const code of ["not-found", "cooling-off"] as const) {
    for (const answer of [refuse(code, "No."), { keptRefusal: refuse(code, "No.") }]) {
      await endpoint(routes.readCheckpoint, { ...edge, log }, async () => answer)(open, context);
    }
  }
  expect(routes.readCheckpoint.refuses).toEqual([]);
  const declared = ["info", expect.not.objectContaining({ undeclared: true })];
  const undeclared = ["error", expect.objectContaining({ status: 409, undeclared: true })];
  expect(lines).toEqual([declared, declared, undeclared, undeclared]);
});
