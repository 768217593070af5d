import { insurerClaimRoutes as routes } from "../../../shared/api/routes/insurer-claims.ts";
import type { DecisionsPort } from "../../../shared/ports/claims.ts";
import type { Endpoint } from "../../http/dispatch.ts";
import type { Edge } from "../../http/edge.ts";
import { rowEndpoint } from "../../http/stack.ts";
import { assign, putPayee, reserve, stepping } from "../claims.ts";
import { decideClaim, readLetter } from "../core.ts";
import { listQueue } from "../queue.ts";
import type { At } from "./at.ts";

/** Decisions and their letters stand on the decisions port alone. */
export const decisionEndpoints = (edge: Edge, decisions: DecisionsPort): readonly Endpoint[] => [
  rowEndpoint(routes.decideClaim, edge, (request) => decideClaim(decisions, request, edge.now())),
  rowEndpoint(routes.readLetter, edge, (request) => readLetter(decisions, request)),
];

/** The queue, and every act of an insurer's on a claim but its decision. */
export const claimEndpoints = (at: At): readonly Endpoint[] => [
  at(routes.listQueue, listQueue),
  at(routes.assignClaim, assign),
  at(routes.acknowledgeClaim, stepping("acknowledge")),
  at(routes.requestInformation, stepping("request-information")),
  at(routes.reopenClaim, stepping("reopen")),
  at(routes.closeClaim, stepping("close")),
  at(routes.reserveClaim, reserve),
  at(routes.changePayee, putPayee),
];
