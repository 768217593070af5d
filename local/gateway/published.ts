import type { IncomingMessage, ServerResponse } from "node:http";
import { publishedFile } from "../../functions/public/published.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { gatewayError } from "./send.ts";

/**
 * Serves a checkpoint or hash tile as a CDN in front of the published bucket would: public, to any origin, cacheable as its kind
 * allows, with conditional requests. Entry bundles are no part of it.
 */
export async function servePublished(
  published: ObjectStore,
  request: IncomingMessage,
  response: ServerResponse,
  rawPath: string,
): Promise<void> {
  const [, insurer = "", path = ""] = /^\/logs\/([^/]*)\/(.*)$/.exec(rawPath) ?? [];
  const file = await publishedFile(
    published,
    insurer,
    path,
    request.headers["if-none-match"],
  ).catch((error: unknown) => {
    if (error instanceof Unavailable) return undefined;
    throw error;
  });
  if (file === undefined) return gatewayError(response, 503);
  if (isRefusal(file)) return gatewayError(response, 404);
  response.setHeader("access-control-allow-origin", "*");
  response.setHeader("x-content-type-options", "nosniff");
  for (const [name, value] of Object.entries(file.headers)) response.setHeader(name, value);
  response.writeHead(
    file.status,
    file.status === 304 ? {} : { "content-length": file.body.length },
  );
  response.end(request.method === "HEAD" ? undefined : file.body);
}
