import { openPublicPorts } from "../adapters/deployment.ts";
import { wallClock } from "../http/clock.ts";
import { requestLog } from "../http/log.ts";
import { parseOriginVerify } from "../http/origin-verify.ts";
import { readEnv } from "../http/read-env.ts";
import { publicEndpoints } from "./endpoints.ts";
import { names } from "./env.ts";

const env = readEnv(names, process.env);
const { principals, ...ports } = openPublicPorts(env);

/** What API Gateway invokes for entry bundles. */
export const handler = publicEndpoints(
  {
    principals,
    log: requestLog("public"),
    now: wallClock,
    originVerify: parseOriginVerify(env.ORIGIN_VERIFY),
  },
  ports,
);
