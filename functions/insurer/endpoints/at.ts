import type { Route } from "../../../shared/api/route.ts";
import type { Instant } from "../../../shared/base/instant.ts";
import type { Endpoint } from "../../http/dispatch.ts";
import type { Edge } from "../../http/edge.ts";
import type { HttpRequest } from "../../http/event.ts";
import { type Respond, rowEndpoint } from "../../http/stack.ts";
import type { InsurerPorts } from "../ports.ts";

/** Puts what answers a row of the insurer's at that row. */
export type At = <Params, Body, Query>(
  row: Route<Params, Body, Query>,
  core: (
    ports: InsurerPorts,
    request: HttpRequest<Params, Body, Query>,
    now: Instant,
  ) => ReturnType<Respond<Params, Body, Query>>,
) => Endpoint;

/** {@link At} behind `edge`, over `ports`. */
export const atOf =
  (edge: Edge, ports: InsurerPorts): At =>
  (row, core) =>
    rowEndpoint(row, edge, (request) => core(ports, request, edge.now()));
