import { problems } from "../../shared/api/problem.ts";
import { type Route, routeKeyOf } from "../../shared/api/route.ts";
import type { LambdaHandler } from "./event.ts";
import { problemReply, resultOf } from "./reply.ts";

/** One Lambda function for several rows of the table: API Gateway's `routeKey` chooses. */
export function dispatch(
  endpoints: readonly (readonly [Pick<Route, "method" | "path">, LambdaHandler])[],
): LambdaHandler {
  const byKey = new Map(endpoints.map(([row, handler]) => [routeKeyOf(row), handler]));
  return (event, context) => {
    const handler = byKey.get(event.routeKey);
    if (handler) return handler(event, context);
    const { requestId } = event.requestContext;
    const detail = problems["not-found"][1];
    return Promise.resolve(resultOf(problemReply({ code: "not-found", detail }, requestId)));
  };
}
