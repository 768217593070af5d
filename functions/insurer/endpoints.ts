import { routes } from "../../shared/api/routes.ts";
import type { ClaimsPort } from "../../shared/ports/claims.ts";
import { dispatch } from "../http/dispatch.ts";
import type { Edge } from "../http/edge.ts";
import type { LambdaHandler } from "../http/event.ts";
import { endpoint } from "../http/stack.ts";
import { decideClaim } from "./core.ts";

/** The insurer's function over its ports: what AWS invokes and the local gateway calls. */
export const insurerEndpoints = (edge: Edge, claims: ClaimsPort): LambdaHandler =>
  dispatch([
    [
      routes.decideClaim,
      endpoint(routes.decideClaim, edge, (request) => decideClaim(claims, request, edge.now())),
    ],
  ]);
