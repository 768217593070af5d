import { routes } from "../../shared/api/routes.ts";
import type { ClaimsPort } from "../../shared/ports/claims.ts";
import { dispatch } from "../http/dispatch.ts";
import type { Edge } from "../http/edge.ts";
import type { LambdaHandler } from "../http/event.ts";
import { endpoint } from "../http/stack.ts";
import { listReceipts, readClaim, readLetter } from "./core.ts";
import { readReceipt } from "./receipt.ts";
import { submitClaim } from "./submit.ts";

/** What the claimant's function works with besides the edge. */
export interface ClaimantPorts {
  readonly claims: ClaimsPort;
  readonly sleep: (ms: number) => Promise<unknown>;
}

/** The claimant's function over its ports: what AWS invokes and the local gateway calls. */
export const claimantEndpoints = (edge: Edge, { claims, sleep }: ClaimantPorts): LambdaHandler =>
  dispatch([
    [
      routes.submitClaim,
      endpoint(routes.submitClaim, edge, (request) =>
        submitClaim(claims, request, edge.now(), { wake: edge.wake, sleep }),
      ),
    ],
    [routes.readClaim, endpoint(routes.readClaim, edge, (request) => readClaim(claims, request))],
    [
      routes.readLetter,
      endpoint(routes.readLetter, edge, (request) => readLetter(claims, request)),
    ],
    [
      routes.listReceipts,
      endpoint(routes.listReceipts, edge, (request) => listReceipts(claims, request)),
    ],
    [
      routes.readReceipt,
      endpoint(routes.readReceipt, edge, (request) => readReceipt(claims, request, sleep)),
    ],
  ]);
