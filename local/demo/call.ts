import { setTimeout as sleep } from "node:timers/promises";
import type { Json } from "../../shared/base/canonical.ts";

/** One request of a caller: where to, as whom, and what. */
export interface ApiRequest {
  readonly method: string;
  readonly url: string;
  readonly token: string;
  readonly body?: Record<string, Json>;
  /** Idempotency-Key. */
  readonly key?: string;
  /** If-Match. */
  readonly ifMatch?: string;
}

/** What came back: the JSON, and its ETag where it has one. */
export interface ApiAnswer {
  readonly json: unknown;
  readonly etag: string | undefined;
}

const triesAtMost = 10;
const longestPauseS = 10;

/**
 * What an API answers with. A 503 is asked again after its Retry-After (seconds), under the same Idempotency-Key, up to ten times, and so is
 * what a connection that broke has swallowed; any other failure is an error with its text.
 */
export async function call({
  method,
  url,
  token,
  body,
  key,
  ifMatch,
}: ApiRequest): Promise<ApiAnswer> {
  const headers = {
    authorization: `Bearer ${token}`,
    ...(body ? { "content-type": "application/json" } : {}),
    ...(key ? { "idempotency-key": key } : {}),
    ...(ifMatch ? { "if-match": ifMatch } : {}),
  };
  const request = { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) };
  for (let attempt = 1; ; attempt++) {
    const response = await reached(url, request, attempt);
    if (response === undefined) continue;
    const text = await response.text();
    if (response.ok) {
      return { json: JSON.parse(text), etag: response.headers.get("etag") ?? undefined };
    }
    const later = response.headers.get("retry-after") ?? "";
    const again = response.status === 503 && /^\d{1,3}$/.test(later) && attempt < triesAtMost;
    if (!again) throw new Error(`${method} ${url}: ${response.status} ${text}`);
    await sleep(1_000 * Math.min(Number(later), longestPauseS));
  }
}

/** The response; undefined where the connection broke (a kept one may close as it is used again) and another try is left. */
async function reached(url: string, request: RequestInit, attempt: number) {
  try {
    return await fetch(url, request);
  } catch (error) {
    if (attempt >= triesAtMost) throw error;
    await sleep(50 * attempt);
    return undefined;
  }
}
