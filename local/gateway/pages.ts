import type { IncomingMessage, ServerResponse } from "node:http";

/** Pages by the path they are at: how each is made, asked once and kept. */
export type Pages = ReadonlyMap<string, () => Promise<string>>;

const made = new WeakMap<() => Promise<string>, Promise<Uint8Array>>();

/** Answers `GET` and `HEAD` of a page's path; whether it did. What makes the page is asked at its first request, so that no start waits for it. */
export async function servePage(
  pages: Pages | undefined,
  { method }: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<boolean> {
  const make = pages?.get(path);
  if (make === undefined || (method !== "GET" && method !== "HEAD")) return false;
  const body = await bytesOf(make);
  response.setHeader("content-type", "text/html; charset=utf-8");
  response.setHeader("x-content-type-options", "nosniff");
  response.setHeader("referrer-policy", "no-referrer");
  response.setHeader("content-security-policy", "frame-ancestors 'none'");
  response.setHeader("cache-control", "no-cache");
  response.writeHead(200, { "content-length": body.length });
  response.end(method === "HEAD" ? undefined : body);
  return true;
}

function bytesOf(make: () => Promise<string>): Promise<Uint8Array> {
  const kept = made.get(make);
  if (kept !== undefined) return kept;
  const making = make().then((text) => Buffer.from(text));
  made.set(make, making);
  making.catch(() => made.delete(make));
  return making;
}
