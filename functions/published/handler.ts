import { routes } from "../../shared/api/routes.ts";
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
const { readCheckpoint, readTile } = routes;

/** What API Gateway invokes for checkpoints and hash tiles where no CDN stands in front. */
export const handler = dispatch([
  [
    readCheckpoint,
    endpoint(readCheckpoint, edge, ({ params, header }) =>
      publishedFile(published, params.insurer, "checkpoint", header("if-none-match")),
    ),
  ],
  [
    readTile,
    endpoint(readTile, edge, ({ params, header }) =>
      publishedFile(published, params.insurer, `tile/${params.path}`, header("if-none-match")),
    ),
  ],
]);
