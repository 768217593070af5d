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

/** The names that more than one of the groups has: a row of that name would go without a word. */
export type Clashing<Groups extends readonly object[], Seen = never> = Groups extends readonly [
  infer First,
  ...infer Rest extends readonly object[],
]
  ? (keyof First & Seen) | Clashing<Rest, Seen | keyof First>
  : never;

type Merged<Groups extends readonly object[]> = Groups extends readonly [
  infer First,
  ...infer Rest extends readonly object[],
]
  ? First & Merged<Rest>
  : unknown;

/** Groups of rows as one table. Two rows of one name do not compile. */
export const tableOf = <const Groups extends readonly Readonly<Record<string, Route>>[]>(
  ...groups: [Clashing<Groups>] extends [never] ? Groups : readonly Clashing<Groups>[]
): { readonly [Name in keyof Merged<Groups>]: Merged<Groups>[Name] } =>
  Object.assign({}, ...groups);

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
