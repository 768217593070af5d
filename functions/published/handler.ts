import { openPublished } from "../adapters/deployment.ts";
import { wallClock } from "../http/clock.ts";
import { requestLog } from "../http/log.ts";
import { readEnv } from "../http/read-env.ts";
import { publishedEndpoints } from "./endpoints.ts";
import { names } from "./env.ts";

const published = openPublished(readEnv(names, process.env));
const nobody = { find: async () => undefined, insurersOf: async () => [] };

/** What API Gateway invokes for checkpoints, hash tiles, rule packs and trust policies where no CDN stands in front, and for what no route takes. */
export const handler = publishedEndpoints(
  { principals: nobody, log: requestLog("published"), now: wallClock },
  published,
);
