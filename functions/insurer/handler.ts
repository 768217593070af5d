import { openInsurer } from "../adapters/open-insurer.ts";
import { wallClock } from "../http/clock.ts";
import { requestLog } from "../http/log.ts";
import { parseOriginVerify } from "../http/origin-verify.ts";
import { readEnv } from "../http/read-env.ts";
import { insurerEndpoints } from "./endpoints.ts";
import { names } from "./env.ts";

const env = readEnv(names, process.env);
const { decisions, ports, principals, wake } = openInsurer(env);

/** What API Gateway invokes for the insurer's routes. */
export const handler = insurerEndpoints(
  {
    principals,
    log: requestLog("insurer"),
    now: wallClock,
    wake,
    originVerify: parseOriginVerify(env.ORIGIN_VERIFY),
  },
  decisions,
  ports,
);
