import * as z from "zod";
import { insurerSchema } from "../claim-view.ts";
import { text } from "../media-type.ts";
import { route } from "../route.ts";

const logParams = z.strictObject({ insurer: insurerSchema });
const tileParams = z.strictObject({ insurer: insurerSchema, path: z.string().max(200) });

/** The log itself: open to anyone, but for its entries. */
export const publicRoutes = {
  readCheckpoint: route({
    method: "GET",
    path: "/logs/{insurer}/checkpoint",
    summary: "The log's newest signed checkpoint",
    audience: "published",
    scopes: [],
    roles: [],
    params: logParams,
    replies: {
      200: { contentType: text, description: "A signed note (c2sp.org/tlog-checkpoint)" },
    },
    example: { path: "/logs/xiang-hu-bao/checkpoint" },
  }),
  readTile: route({
    method: "GET",
    path: "/logs/{insurer}/tile/{path+}",
    summary: "A hash tile of the log",
    audience: "published",
    scopes: [],
    roles: [],
    params: tileParams,
    replies: {
      200: { contentType: "application/octet-stream", description: "A tile (c2sp.org/tlog-tiles)" },
    },
    example: { path: "/logs/xiang-hu-bao/tile/0/000.p/1" },
  }),
  readEntries: route({
    method: "GET",
    path: "/logs/{insurer}/tile/entries/{path+}",
    summary: "An entry bundle of the log, for auditors: handles in entries can be linked",
    audience: "public",
    scopes: ["countersign/ledger:verify"],
    roles: ["auditor"],
    params: tileParams,
    insurerOf: ({ insurer }) => insurer,
    replies: {
      200: { contentType: "application/octet-stream", description: "Records, length first" },
    },
    example: { path: "/logs/xiang-hu-bao/tile/entries/000.p/1" },
  }),
} as const;
