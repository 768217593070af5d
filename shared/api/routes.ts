import { type Route, routeKeyOf } from "./route.ts";
import { auditorRoutes } from "./routes/auditor.ts";
import { claimActRoutes } from "./routes/claim-acts.ts";
import { claimantRoutes } from "./routes/claimant.ts";
import { evidenceRoutes } from "./routes/evidence.ts";
import { insurerBankRoutes } from "./routes/insurer-bank.ts";
import { insurerClaimRoutes } from "./routes/insurer-claims.ts";
import { insurerPackRoutes } from "./routes/insurer-packs.ts";
import { insurerPayoutRoutes } from "./routes/insurer-payouts.ts";
import { insurerPolicyRoutes } from "./routes/insurer-policies.ts";
import { insurerSetupRoutes } from "./routes/insurer-setup.ts";
import { meRoutes } from "./routes/me.ts";
import { ownRoutes } from "./routes/own.ts";
import { publicRoutes } from "./routes/public.ts";
import { tableOf } from "./table-of.ts";

/** The one table of routes. */
export const routes = tableOf(
  claimantRoutes,
  claimActRoutes,
  evidenceRoutes,
  ownRoutes,
  meRoutes,
  insurerClaimRoutes,
  insurerPayoutRoutes,
  insurerBankRoutes,
  insurerPackRoutes,
  insurerPolicyRoutes,
  insurerSetupRoutes,
  auditorRoutes,
  publicRoutes,
);

/** The rows of {@link routes} without their types, for all who walk the table. */
export const routeTable: readonly Route[] = Object.values(routes);

/** The row API Gateway calls `routeKey`. */
export const routeNamed = (routeKey: string): Route | undefined =>
  routeTable.find((row) => routeKeyOf(row) === routeKey);
