import { servedFile } from "../../shared/api/log-path.ts";
import { routeTable } from "../../shared/api/routes.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { dispatch } from "../http/dispatch.ts";
import type { Edge } from "../http/edge.ts";
import type { LambdaHandler } from "../http/event.ts";
import { endpoint } from "../http/stack.ts";
import { unrouted } from "../http/unrouted.ts";
import { publishedFile } from "../public/published.ts";

/** Files of the log as they lie; and what no row of the table takes, for this function may do least. */
export const publishedEndpoints = (edge: Edge, published: ObjectStore): LambdaHandler =>
  dispatch(
    routeTable
      .filter(({ audience }) => audience === "published")
      .map((row) => [
        row,
        endpoint(row, edge, ({ rawPath, header }) =>
          publishedFile(published, () => servedFile(rawPath), header("if-none-match")),
        ),
      ]),
    unrouted(edge),
  );
