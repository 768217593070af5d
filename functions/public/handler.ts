import { openPublicPorts } from "../adapters/deployment.ts";
import { wallClock } from "../http/clock.ts";
import { requestLog } from "../http/log.ts";
import { readEnv } from "../http/read-env.ts";
import { publicEndpoints } from "./endpoints.ts";
import { names } from "./env.ts";

const { principals, ...ports } = openPublicPorts(readEnv(names, process.env));

/** What API Gateway invokes for entry bundles. */
export const handler = publicEndpoints(
  { principals, log: requestLog("public"), now: wallClock },
  ports,
);
