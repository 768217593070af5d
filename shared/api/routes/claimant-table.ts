import { tableOf } from "../table-of.ts";
import { claimActRoutes } from "./claim-acts.ts";
import { claimantRoutes } from "./claimant.ts";
import { evidenceRoutes } from "./evidence.ts";
import { meRoutes } from "./me.ts";
import { ownRoutes } from "./own.ts";

/** The rows that the claimant's function answers. */
export const claimantTable = tableOf(
  claimantRoutes,
  claimActRoutes,
  evidenceRoutes,
  ownRoutes,
  meRoutes,
);
