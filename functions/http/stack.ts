import middy, { type MiddlewareObj } from "@middy/core";
import { fingerprintOf } from "../../shared/api/fingerprint.ts";
import { problemOf } from "../../shared/api/problem.ts";
import { type Route, routeKeyOf } from "../../shared/api/route.ts";
import { isRefusal, type Refusal } from "../../shared/base/refusal.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { answering } from "./answering.ts";
import { readJsonBody } from "./body.ts";
import { findCallers } from "./callers.ts";
import type { Edge } from "./edge.ts";
import type { ApiResult, HttpEvent, HttpRequest, LambdaHandler, Passing } from "./event.ts";
import { HttpProblem } from "./http-problem.ts";
import { type HttpReply, resultOf } from "./reply.ts";
import { requireToken } from "./token.ts";
import { readKey, readParams, readWith } from "./validate.ts";

/** What an endpoint does with a request that has passed the stack. */
export type Respond<Params, Body> = (
  request: HttpRequest<Params, Body>,
) => Promise<HttpReply | Refusal>;

/** Time kept back from Lambda's limit to say 503 in our own words. */
const timeoutEarlyInMillis = 500;

/**
 * The one stack between API Gateway and an endpoint: request id and log line, headers and problems, token, body, schema, callers,
 * key, in this order. Whatever throws becomes application/problem+json; nothing passes that the row does not allow.
 */
export function endpoint<Params, Body>(
  row: Route<Params, Body>,
  edge: Edge,
  respond: Respond<Params, Body>,
): LambdaHandler {
  const plugin = { timeoutEarlyInMillis, timeoutEarlyResponse };
  const handler = middy<HttpEvent<Params, Body>, ApiResult>(plugin)
    .use(answering(routeKeyOf(row), edge))
    .use(identity(row))
    .use(content(row))
    .use(callers(row, edge))
    .use(idempotency(row))
    .handler(async ({ request }: HttpEvent<Params, Body>) => {
      const answer = await respond(request);
      if (isRefusal(answer)) throw new HttpProblem(problemOf(answer));
      return resultOf(answer);
    });
  return (event, context) => handler({ ...event, request: passing() }, context);
}

type Layer<Params, Body> = MiddlewareObj<HttpEvent<Params, Body>, ApiResult>;

const identity = <Params, Body>(row: Route<Params, Body>): Layer<Params, Body> => ({
  before({ event }) {
    const open = row.scopes.length === 0;
    event.request.token = open ? undefined : requireToken(event, row.scopes);
  },
});

const content = <Params, Body>(row: Route<Params, Body>): Layer<Params, Body> => ({
  before({ event }) {
    const { request } = event;
    request.header = (name) => event.headers[name];
    request.params = readParams(row.params, event.pathParameters ?? {});
    if (row.body === undefined) return;
    request.json = readJsonBody(event);
    request.body = readWith(row.body, request.json);
  },
});

const callers = <Params, Body>(row: Route<Params, Body>, edge: Edge): Layer<Params, Body> => ({
  async before({ event: { request } }) {
    if (request.token === undefined) return;
    const insurer = row.insurerOf?.(request.params, request.body);
    request.callers = await findCallers(edge.principals, request.token, insurer, row.roles);
  },
});

const idempotency = <Params, Body>(row: Route<Params, Body>): Layer<Params, Body> => ({
  before({ event: { request, rawPath } }) {
    if (row.idempotency === "none") return;
    const key = readKey(request.header("idempotency-key"), row.idempotency === "required");
    if (key === undefined) return;
    const fingerprint = fingerprintOf(routeKeyOf(row), rawPath, key, request.json);
    request.idempotency = { key, fingerprint };
  },
});

function timeoutEarlyResponse(): never {
  throw new Unavailable("request", "ran out of time");
}

/** A request before the first middleware has read it. */
const passing = <Params, Body>() =>
  ({
    requestId: "",
    json: null,
    callers: [],
    idempotency: undefined,
    token: undefined,
  }) as unknown as Passing<Params, Body>;
