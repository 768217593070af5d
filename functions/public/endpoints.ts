import { routes } from "../../shared/api/routes.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { dispatch } from "../http/dispatch.ts";
import type { Edge } from "../http/edge.ts";
import type { LambdaHandler } from "../http/event.ts";
import { endpoint } from "../http/stack.ts";
import { unrouted } from "../http/unrouted.ts";
import { readEntries } from "./core.ts";

/** The public function over its ports: what AWS invokes and the local gateway calls. */
export const publicEndpoints = (edge: Edge, published: ObjectStore): LambdaHandler =>
  dispatch(
    [
      [
        routes.readEntries,
        endpoint(routes.readEntries, edge, (request) => readEntries(published, request)),
      ],
    ],
    unrouted(edge),
  );
