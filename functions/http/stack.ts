import middy, { type MiddlewareObj } from "@middy/core";
import { problemsOf } from "../../shared/api/answers.ts";
import { fingerprintOf } from "../../shared/api/fingerprint.ts";
import { problemOf } from "../../shared/api/problem.ts";
import { type Route, routeKeyOf } from "../../shared/api/route.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { lazily } from "../../shared/base/lazily.ts";
import { isRefusal, type Refusal } from "../../shared/base/refusal.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { answering } from "./answering.ts";
import { readJsonBody } from "./body.ts";
import { findCallers } from "./callers.ts";
import type { ReplayedRefusal } from "./command-reply.ts";
import type { Endpoint } from "./dispatch.ts";
import type { Edge } from "./edge.ts";
import type { ApiResult, HttpEvent, HttpRequest, LambdaHandler } from "./event.ts";
import { HttpProblem } from "./http-problem.ts";
import { fromEdge } from "./origin-verify.ts";
import { passing } from "./passing.ts";
import { type HttpReply, resultOf } from "./reply.ts";
import { traceparentOf } from "./request-ids.ts";
import { requireToken } from "./token.ts";
import { readKey, readParams, readQuery, readTags, readWith } from "./validate.ts";

/** What an endpoint does with a request that has passed the stack. */
export type Respond<Params, Body, Query> = (
  request: HttpRequest<Params, Body, Query>,
) => Promise<HttpReply | Refusal | ReplayedRefusal>;

/** Time kept back from Lambda's limit to say 503 in our own words. */
const timeoutEarlyInMillis = 500;

/**
 * The one stack between API Gateway and an endpoint: request id and log line, headers and problems, the edge's word, token, path, query and
 * body by their schemas, callers, key and precondition, in this order. Whatever throws becomes application/problem+json; nothing passes that the row does not allow.
 */
export function endpoint<Params, Body, Query>(
  row: Route<Params, Body, Query>,
  edge: Edge,
  respond: Respond<Params, Body, Query>,
): LambdaHandler {
  const plugin = { timeoutEarlyInMillis, timeoutEarlyResponse };
  // Made by the first request: a cold start pays for the one row it is about.
  const handler = lazily(() =>
    middy<HttpEvent<Params, Body, Query>, ApiResult>(plugin)
      .use(answering(routeKeyOf(row), edge, problemsOf(row)))
      .use(fromEdge(edge))
      .use(identity(row))
      .use(content(row))
      .use(callers(row, edge))
      .use(asked(row))
      .handler(async ({ request }: HttpEvent<Params, Body, Query>) => {
        const answer = await respond(request);
        if (isRefusal(answer)) throw new HttpProblem(problemOf(answer));
        if ("keptRefusal" in answer) {
          throw new HttpProblem(problemOf(answer.keptRefusal), { "idempotency-replayed": "true" });
        }
        if (answer.wakes !== undefined) await edge.wake?.(answer.wakes, request.asked.traceparent);
        request.stream = answer.stream ?? request.stream;
        request.record = answer.record;
        return resultOf(answer);
      }),
  );
  return (event, context) => handler()({ ...event, request: passing() }, context);
}

/** A row of the table beside its {@link endpoint}, as a function dispatches it. */
export const rowEndpoint = <Params, Body, Query>(
  row: Route<Params, Body, Query>,
  edge: Edge,
  respond: Respond<Params, Body, Query>,
): Endpoint => [row, endpoint(row, edge, respond)];

type Layer<Params, Body, Query> = MiddlewareObj<HttpEvent<Params, Body, Query>, ApiResult>;

const identity = <Params, Body, Query>(
  row: Route<Params, Body, Query>,
): Layer<Params, Body, Query> => ({
  before({ event }) {
    const open = row.scopes.length === 0;
    event.request.token = open ? undefined : requireToken(event, row.scopes);
  },
});

const content = <Params, Body, Query>(
  row: Route<Params, Body, Query>,
): Layer<Params, Body, Query> => ({
  before({ event }) {
    const { request } = event;
    request.header = (name) => event.headers[name];
    request.rawPath = event.rawPath;
    request.params = readParams(row.params, event.pathParameters ?? {});
    request.stream = streamIn(row.path, request.params);
    if (row.query) request.query = readQuery(row.query, event.queryStringParameters ?? {});
    if (row.body === undefined) return;
    request.json = readJsonBody(event);
    request.body = readWith(row.body, request.json);
  },
});

const callers = <Params, Body, Query>(
  row: Route<Params, Body, Query>,
  edge: Edge,
): Layer<Params, Body, Query> => ({
  async before({ event: { request } }) {
    if (request.token === undefined) return;
    const insurer = row.insurerOf?.(request.params, request.body);
    request.callers = await findCallers(edge.principals, request.token, insurer, row);
  },
});

const asked = <Params, Body, Query>(
  row: Route<Params, Body, Query>,
): Layer<Params, Body, Query> => ({
  before({ event }) {
    const { request, rawPath } = event;
    const traceparent = traceparentOf(event);
    const ifMatch = row.precondition ? readTags(request.header("if-match")) : undefined;
    if (row.method !== "POST") {
      request.asked = { ifMatch, traceparent };
      return;
    }
    const key = readKey(request.header("idempotency-key"));
    const fingerprint = fingerprintOf(routeKeyOf(row), rawPath, key, request.json);
    request.asked = { ifMatch, traceparent, idempotency: { key, fingerprint } };
  },
});

/** The stream that a path names; the handle of a person is none. */
function streamIn(path: string, params: unknown): Handle | undefined {
  const { id } = params as { readonly id?: Handle };
  return /^\/(claims|policies|payouts)\/\{id\}/.test(path) ? id : undefined;
}

function timeoutEarlyResponse(): never {
  throw new Unavailable("request", "ran out of time");
}
