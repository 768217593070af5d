import { claimantRoutes as routes } from "../../shared/api/routes/claimant.ts";
import { lazily } from "../../shared/base/lazily.ts";
import type { ClaimsPort } from "../../shared/ports/claims.ts";
import { dispatch, type Endpoint } from "../http/dispatch.ts";
import type { Edge } from "../http/edge.ts";
import type { LambdaHandler } from "../http/event.ts";
import { rowEndpoint } from "../http/stack.ts";
import { listReceipts, readClaim } from "./core.ts";
import type { EvidencePorts } from "./evidence.ts";
import { readReceipt } from "./receipt.ts";
import { submitClaim } from "./submit.ts";
import type { Pause } from "./wait.ts";

/** What the endpoints of one claim work with besides the edge. */
export interface ClaimPorts {
  readonly claims: ClaimsPort;
  readonly pause: Pause;
}

/** What the claimant's function works with besides the edge. */
export interface ClaimantPorts extends ClaimPorts, EvidencePorts {}

/** The claimant's function over its ports: what AWS invokes and the local gateway calls. What is no claim's submission or reading is read when the first of it is asked for. */
export function claimantEndpoints(edge: Edge, ports: ClaimantPorts): LambdaHandler {
  const others = lazily(async () => {
    const { ownEndpoints } = await import("./own-endpoints.ts");
    return dispatch(ownEndpoints(edge, ports));
  });
  return dispatch(claimEndpoints(edge, ports), async (event, context) =>
    (await others())(event, context),
  );
}

/** Submitting and reading one claim. */
export const claimEndpoints = (edge: Edge, { claims, pause }: ClaimPorts): readonly Endpoint[] => [
  rowEndpoint(routes.submitClaim, edge, (request) =>
    submitClaim(claims, request, edge.now(), { wake: edge.wake, pause }),
  ),
  rowEndpoint(routes.readClaim, edge, (request) => readClaim(claims, request)),
  rowEndpoint(routes.listReceipts, edge, (request) => listReceipts(claims, request)),
  rowEndpoint(routes.readReceipt, edge, (request) => readReceipt(claims, request, pause)),
];
