import { servedFile } from "../../shared/api/log-path.ts";
import { routeTable } from "../../shared/api/routes.ts";
import { openPublished } from "../adapters/deployment.ts";
import { wallClock } from "../http/clock.ts";
import { dispatch } from "../http/dispatch.ts";
import { requestLog } from "../http/log.ts";
import { readEnv } from "../http/read-env.ts";
import { endpoint } from "../http/stack.ts";
import { publishedFile } from "../public/published.ts";
import { names } from "./env.ts";

const published = openPublished(readEnv(names, process.env));
const nobody = { find: async () => undefined, insurersOf: async () => [] };
const edge = { principals: nobody, log: requestLog("published"), now: wallClock };

/** What API Gateway invokes for checkpoints, hash tiles, rule packs and trust policies where no CDN stands in front. */
export const handler = dispatch(
  routeTable
    .filter(({ audience }) => audience === "published")
    .map((row) => [
      row,
      endpoint(row, edge, ({ rawPath, header }) =>
        publishedFile(published, () => servedFile(rawPath), header("if-none-match")),
      ),
    ]),
);
