import middy from "@middy/core";
import { methodsAt } from "../../shared/api/match.ts";
import { routeTable } from "../../shared/api/routes.ts";
import { answering } from "./answering.ts";
import type { Edge } from "./edge.ts";
import type { ApiResult, HttpEvent, LambdaHandler } from "./event.ts";
import { HttpProblem } from "./http-problem.ts";
import { fromEdge } from "./origin-verify.ts";
import { passing } from "./passing.ts";

/** API Gateway's name of the route for whatever no other takes. */
export const defaultRouteKey = "$default";

/** What no row of the table answers: 405 with the methods of a path that has some, else 404; also for a file of the log, which is the edge's to serve. */
export function unrouted(edge: Edge): LambdaHandler {
  const handler = middy<HttpEvent<unknown, unknown, unknown>, ApiResult>()
    .use(answering(defaultRouteKey, edge))
    .use(fromEdge(edge))
    .handler(async ({ rawPath, requestContext: { http } }) => {
      const allow = methodsAt(routeTable, rawPath);
      if (allow.length === 0 || allow.includes(http.method))
        throw new HttpProblem({ code: "not-found" });
      throw new HttpProblem({ code: "method-not-allowed" }, { allow: allow.join(", ") });
    });
  return (event, context) => handler({ ...event, request: passing() }, context);
}
