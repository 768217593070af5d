import type { MiddlewareObj } from "@middy/core";
import type { Problem, ProblemCode } from "../../shared/api/problem.ts";
import type { Edge } from "./edge.ts";
import type { ApiResult, HttpEvent } from "./event.ts";
import { failureFields, problemOfError } from "./failure.ts";
import { HttpProblem } from "./http-problem.ts";
import { problemReply, resultOf } from "./reply.ts";
import { idsOf } from "./request-ids.ts";

/** Nothing here is for caches, frames, sniffing or referrers; what may be cached says so itself. */
const securityHeaders = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "strict-transport-security": "max-age=63072000; includeSubDomains",
  "x-content-type-options": "nosniff",
};

/**
 * The outermost layer: gives the request its id, turns what was thrown into a problem, adds the security headers and writes the one log
 * line of the request. A problem that is none of `declared` is answered too, since it is true, and the line says `undeclared` as an error.
 */
export function answering<Params, Body, Query>(
  route: string,
  edge: Edge,
  declared?: ReadonlySet<ProblemCode>,
): MiddlewareObj<HttpEvent<Params, Body, Query>, ApiResult> {
  const started = new WeakMap<HttpEvent<Params, Body, Query>, bigint>();
  const answer = (event: HttpEvent<Params, Body, Query>, result: ApiResult, error?: unknown) => {
    const ids = idsOf(event);
    const { stream, record } = event.request;
    const headers = { ...securityHeaders, ...result.headers, "x-request-id": ids.requestId };
    const problem: Problem | undefined = error === undefined ? undefined : problemOfError(error);
    const status = result.statusCode ?? 200;
    const [one, another] = event.request.callers;
    // Of a login with rows at several insurers only the answer knows which it was.
    const insurer = another === undefined ? one?.insurer : undefined;
    const undeclared = problem !== undefined && declared?.has(problem.code) === false;
    edge.log[status >= 500 || undeclared ? "error" : "info"]("request", {
      ...ids,
      route,
      status,
      durationMs: Number(edge.now() - (started.get(event) ?? edge.now())) / 1000,
      ...(result.headers?.["preference-applied"] === undefined ? {} : { waited: true as const }),
      ...(problem === undefined ? {} : { problem: problem.code }),
      ...(undeclared ? { undeclared } : {}),
      ...(insurer === undefined ? {} : { insurer }),
      ...(stream === undefined ? {} : { stream }),
      ...(record === undefined ? {} : { record }),
      ...(error === undefined ? {} : failureFields(error)),
    });
    return { ...result, headers };
  };
  return {
    before({ event }) {
      started.set(event, edge.now());
      Object.assign(event.request, idsOf(event));
    },
    after(request) {
      request.response = answer(request.event, request.response ?? {});
    },
    onError(request) {
      const problem = problemOfError(request.error);
      const { status, headers, body } = problemReply(problem, idsOf(request.event));
      const more = request.error instanceof HttpProblem ? request.error.headers : {};
      const reply = { status, headers: { ...headers, ...more }, body };
      request.response = answer(request.event, resultOf(reply), request.error);
    },
  };
}
