import { setTimeout as sleep } from "node:timers/promises";
import { openClaimant } from "../adapters/deployment.ts";
import { wallClock } from "../http/clock.ts";
import { requestLog } from "../http/log.ts";
import { parseOriginVerify } from "../http/origin-verify.ts";
import { readEnv } from "../http/read-env.ts";
import { claimantEndpoints } from "./endpoints.ts";
import { names } from "./env.ts";

const env = readEnv(names, process.env);
const { principals, wake, ...ports } = openClaimant(env);

/** What API Gateway invokes for the claimant's routes. */
export const handler = claimantEndpoints(
  {
    principals,
    log: requestLog("claimant"),
    now: wallClock,
    wake,
    originVerify: parseOriginVerify(env.ORIGIN_VERIFY),
  },
  { ...ports, pause: (ms) => sleep(ms, ms) },
);
