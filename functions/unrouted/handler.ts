import { wallClock } from "../http/clock.ts";
import { requestLog } from "../http/log.ts";
import { parseOriginVerify } from "../http/origin-verify.ts";
import { readEnv } from "../http/read-env.ts";
import { unrouted } from "../http/unrouted.ts";
import { names } from "./env.ts";

const { ORIGIN_VERIFY } = readEnv(names, process.env);
const nobody = { find: async () => undefined, insurersOf: async () => [] };

/** What API Gateway invokes for what no route takes: it may do nothing but say so. */
export const handler = unrouted({
  principals: nobody,
  log: requestLog("unrouted"),
  now: wallClock,
  originVerify: parseOriginVerify(ORIGIN_VERIFY),
});
