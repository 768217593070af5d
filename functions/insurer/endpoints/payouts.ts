import { insurerBankRoutes as bank } from "../../../shared/api/routes/insurer-bank.ts";
import { insurerPayoutRoutes as routes } from "../../../shared/api/routes/insurer-payouts.ts";
import type { Endpoint } from "../../http/dispatch.ts";
import { listBreaks, listOrders, listReconciliations, orderRelease } from "../bank.ts";
import { listPayouts, readPayout } from "../payout-reading.ts";
import { approve, closeOne, propose, recover, reissue, stop, voidOne } from "../payouts.ts";
import type { At } from "./at.ts";

/** Payouts, and what becomes of them between here and the bank. */
export const payoutEndpoints = (at: At): readonly Endpoint[] => [
  at(routes.listPayouts, listPayouts),
  at(routes.readPayout, readPayout),
  at(routes.proposePayout, propose),
  at(routes.approvePayout, approve),
  at(routes.stopPayout, stop),
  at(routes.voidPayout, voidOne),
  at(routes.reissuePayout, reissue),
  at(routes.recoverPayout, recover),
  at(routes.closeBreak, closeOne),
  at(bank.orderRelease, orderRelease),
  at(bank.listReleaseOrders, listOrders),
  at(bank.listBreaks, listBreaks),
  at(bank.listReconciliations, listReconciliations),
];
