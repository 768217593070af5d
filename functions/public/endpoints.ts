import { routes } from "../../shared/api/routes.ts";
import type { ClaimsPort } from "../../shared/ports/claims.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { dispatch } from "../http/dispatch.ts";
import type { Edge } from "../http/edge.ts";
import type { LambdaHandler } from "../http/event.ts";
import { endpoint } from "../http/stack.ts";
import { readEntries, readReceipt } from "./core.ts";

/** What the public function works with besides the edge. */
export interface PublicPorts {
  readonly claims: ClaimsPort;
  readonly published: ObjectStore;
  readonly sleep: (ms: number) => Promise<unknown>;
}

/** The public function over its ports: what AWS invokes and the local gateway calls. */
export const publicEndpoints = (
  edge: Edge,
  { claims, published, sleep }: PublicPorts,
): LambdaHandler =>
  dispatch([
    [
      routes.readReceipt,
      endpoint(routes.readReceipt, edge, (request) => readReceipt(claims, request, sleep)),
    ],
    [
      routes.readEntries,
      endpoint(routes.readEntries, edge, (request) => readEntries(published, request)),
    ],
  ]);
