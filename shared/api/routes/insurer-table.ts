import { tableOf } from "../table-of.ts";
import { insurerBankRoutes } from "./insurer-bank.ts";
import { insurerClaimRoutes } from "./insurer-claims.ts";
import { insurerPackRoutes } from "./insurer-packs.ts";
import { insurerPayoutRoutes } from "./insurer-payouts.ts";
import { insurerPolicyRoutes } from "./insurer-policies.ts";
import { insurerSetupRoutes } from "./insurer-setup.ts";

/** The rows that the insurer's function answers. */
export const insurerTable = tableOf(
  insurerClaimRoutes,
  insurerPayoutRoutes,
  insurerBankRoutes,
  insurerPackRoutes,
  insurerPolicyRoutes,
  insurerSetupRoutes,
);
