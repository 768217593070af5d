import type { IncomingMessage, ServerResponse } from "node:http";

/** A static file: its type, and how it is made, which is asked once. */
export interface Page {
  readonly contentType: string;
  readonly make: () => Promise<string>;
}

/** Pages by the path they are at. */
export type Pages = ReadonlyMap<string, Page>;

const made = new WeakMap<Page, Promise<Uint8Array>>();

/** A page of HTML. */
export const htmlPage = (make: () => Promise<string>): Page => ({
  contentType: "text/html; charset=utf-8",
  make,
});

/** Answers `GET` and `HEAD` of a page's path; whether it did. What makes the page is asked at its first request, so that no start waits for it. */
export async function servePage(
  pages: Pages | undefined,
  { method }: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<boolean> {
  const page = pages?.get(path);
  if (page === undefined || (method !== "GET" && method !== "HEAD")) return false;
  const body = await bytesOf(page);
  response.setHeader("content-type", page.contentType);
  response.setHeader("access-control-allow-origin", "*");
  response.setHeader("x-content-type-options", "nosniff");
  response.setHeader("referrer-policy", "no-referrer");
  response.setHeader("content-security-policy", "frame-ancestors 'none'");
  response.setHeader("cache-control", "no-cache");
  response.writeHead(200, { "content-length": body.length });
  response.end(method === "HEAD" ? undefined : body);
  return true;
}

function bytesOf(page: Page): Promise<Uint8Array> {
  const kept = made.get(page);
  if (kept !== undefined) return kept;
  const making = page.make().then((text) => Buffer.from(text));
  made.set(page, making);
  making.catch(() => made.delete(page));
  return making;
}
