import type { IncomingMessage, ServerResponse } from "node:http";
import { publishedFile } from "../../functions/public/published.ts";
import { servedFile } from "../../shared/api/log-path.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { gatewayError } from "./send.ts";

/**
 * Serves a checkpoint, hash tile, rule pack or trust policy as a CDN in front of the published bucket would: public, to any origin, cacheable as its kind
 * allows, with conditional requests. Entry bundles are no part of it.
 */
export async function servePublished(
  published: ObjectStore,
  request: IncomingMessage,
  response: ServerResponse,
  rawPath: string,
): Promise<void> {
  const ifNoneMatch = request.headers["if-none-match"];
  const asked = publishedFile(published, () => servedFile(rawPath), ifNoneMatch);
  const file = await asked.catch((error: unknown) => {
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
