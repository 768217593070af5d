import { publicRoutes as routes } from "../../shared/api/routes/public.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { dispatch } from "../http/dispatch.ts";
import type { Edge } from "../http/edge.ts";
import type { LambdaHandler } from "../http/event.ts";
import { rowEndpoint } from "../http/stack.ts";
import { readEntries } from "./core.ts";
import { type HealthPorts, readHealth, readReadiness } from "./health.ts";
import { type ProofPorts, proveConsistency, proveInclusion } from "./proofs.ts";

/** What the public function works with besides the edge. */
export interface PublicPorts extends ProofPorts, HealthPorts {
  readonly published: ObjectStore;
}

/** The public function over its ports: what AWS invokes and the local gateway calls. */
export const publicEndpoints = (edge: Edge, ports: PublicPorts): LambdaHandler =>
  dispatch([
    rowEndpoint(routes.proveInclusion, edge, (request) => proveInclusion(ports, request)),
    rowEndpoint(routes.proveConsistency, edge, (request) => proveConsistency(ports, request)),
    rowEndpoint(routes.readHealth, edge, readHealth),
    rowEndpoint(routes.readReadiness, edge, () => readReadiness(ports)),
    rowEndpoint(routes.readEntries, edge, (request) => readEntries(ports.published, request)),
  ]);
