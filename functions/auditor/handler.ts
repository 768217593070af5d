import { openAuditor } from "../adapters/deployment.ts";
import { wallClock } from "../http/clock.ts";
import { requestLog } from "../http/log.ts";
import { parseOriginVerify } from "../http/origin-verify.ts";
import { readEnv } from "../http/read-env.ts";
import { auditorEndpoints } from "./endpoints.ts";
import { names } from "./env.ts";

const env = readEnv(names, process.env);
const { principals, wake, ...ports } = openAuditor(env);

/** What API Gateway invokes for the auditor's routes. */
export const handler = auditorEndpoints(
  {
    principals,
    log: requestLog("auditor"),
    now: wallClock,
    wake,
    originVerify: parseOriginVerify(env.ORIGIN_VERIFY),
  },
  ports,
);
