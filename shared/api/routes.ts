import { type Route, routeKeyOf } from "./route.ts";
import { auditorRoutes } from "./routes/auditor.ts";
import { claimantTable } from "./routes/claimant-table.ts";
import { insurerTable } from "./routes/insurer-table.ts";
import { publicRoutes } from "./routes/public.ts";
import { tableOf } from "./table-of.ts";

/** The one table of routes. */
export const routes = tableOf(claimantTable, insurerTable, auditorRoutes, publicRoutes);

/** The rows of {@link routes} without their types, for all who walk the table. */
export const routeTable: readonly Route[] = Object.values(routes);

/** The row API Gateway calls `routeKey`. */
export const routeNamed = (routeKey: string): Route | undefined =>
  routeTable.find((row) => routeKeyOf(row) === routeKey);
