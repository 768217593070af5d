import { gatewayErrors } from "../shared/api/gateway-error.ts";
import { json } from "../shared/api/media-type.ts";

/** Where a path is answered from. */
export type EdgeOrigin = "api" | "live" | "published" | "pages";

/** The pages by their path, each with the file of `npm run build:web` that it is. */
export const pages = {
  "/verify": "verify.html",
  "/reference": "reference.html",
  "/openapi.json": "openapi.json",
} as const;

/**
 * Which paths are answered from where, in CloudFront's patterns and in the order it tries them; any other is the API's. Entry bundles are the API's too, which
 * asks for an auditor's token; the buckets refuse them to CloudFront besides (lib/cdn-access.ts).
 */
export const edgePaths: readonly (readonly [pattern: string, origin: EdgeOrigin])[] = [
  ["/logs/*/tile/entries/*", "api"],
  ["/logs/*/tile/*.p/*", "live"],
  ["/logs/*/tile/*", "published"],
  ["/logs/*/checkpoint", "live"],
  ["/logs/*/checkpoints/*", "published"],
  ["/logs/*/packs/*", "published"],
  ["/.well-known/countersign/*", "live"],
  ...Object.keys(pages).map((path) => [path, "pages"] as const),
];

/** Files of a log below `/logs/`, each spelt as its format spells it (shared/api/log-path.ts): no entry bundle, no escape, nothing that lists. */
const logFiles = [
  "checkpoint",
  "checkpoints/[1-9][0-9]{0,18}",
  "packs/[0-9a-f]{64}\\.json",
  "tile/[0-9]{1,2}/(x[0-9]{3}/)*[0-9]{3}(\\.p/[1-9][0-9]{0,2})?",
];
const insurer = "[a-z0-9-]{1,63}";

/** The paths of {@link logFiles}, as a regular expression that CloudFront's functions and WAF both read. */
export const logFilePattern = `^/logs/${insurer}/(${logFiles.join("|")})$`;
const trustPattern = `^/\\.well-known/countersign/(${insurer})\\.(policy|require)$`;

const notFound = {
  statusCode: 404,
  statusDescription: gatewayErrors[404],
  headers: { "content-type": { value: json }, "cache-control": { value: "no-store" } },
  body: JSON.stringify({ message: gatewayErrors[404] }),
};

/**
 * The function that CloudFront runs on each request for a bucket (its JavaScript runtime 2.0): gives the object's key for the path, and answers 404 itself for
 * a path that names no file that may be read, so that none of them reaches a bucket.
 */
export const keyOfPath = `var pages = ${JSON.stringify(pages)};
var logFile = new RegExp(${JSON.stringify(logFilePattern)});
var trust = new RegExp(${JSON.stringify(trustPattern)});
function handler(event) {
  var request = event.request;
  var uri = request.uri;
  var named = trust.exec(uri);
  if (named) request.uri = "/" + named[1] + "/log." + named[2];
  else if (logFile.test(uri)) request.uri = uri.slice("/logs".length);
  else if (Object.prototype.hasOwnProperty.call(pages, uri)) request.uri = "/" + pages[uri];
  else return ${JSON.stringify(notFound)};
  return request;
}
`;
