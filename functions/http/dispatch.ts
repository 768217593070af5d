import { problems } from "../../shared/api/problem.ts";
import { type Route, routeKeyOf } from "../../shared/api/route.ts";
import type { LambdaHandler } from "./event.ts";
import { problemReply, resultOf } from "./reply.ts";
import { idsOf } from "./request-ids.ts";

/** A row of the table and what answers it. */
export type Endpoint = readonly [Pick<Route, "method" | "path">, LambdaHandler];

/** One Lambda function for several rows of the table: API Gateway's `routeKey` chooses; any other key is `otherwise`'s, by default 404. */
export function dispatch(
  endpoints: readonly Endpoint[],
  otherwise: LambdaHandler = nothingHere,
): LambdaHandler {
  const byKey = new Map(endpoints.map(([row, handler]) => [routeKeyOf(row), handler]));
  return (event, context) => (byKey.get(event.routeKey) ?? otherwise)(event, context);
}

const nothingHere: LambdaHandler = (event) => {
  const detail = problems["not-found"][1];
  return Promise.resolve(resultOf(problemReply({ code: "not-found", detail }, idsOf(event))));
};
