import { traceIdOf, traceIdOfAmazon, traceparentOn } from "../../shared/api/traceparent.ts";
import { toHex, utf8 } from "../../shared/base/bytes.ts";
import { sha256 } from "../../shared/base/sha256.ts";
import type { ApiEvent } from "./event.ts";

/** What a problem and a log line name a request by. */
export interface RequestIds {
  readonly requestId: string;
  /** A W3C trace-id: the caller's, else AWS's, else one made of the request id. */
  readonly traceId: string;
}

/** The ids of a request; the same event has the same ids. */
export function idsOf({ headers, requestContext: { requestId } }: ApiEvent): RequestIds {
  const traceId =
    traceIdOf(headers.traceparent) ??
    traceIdOfAmazon(headers["x-amzn-trace-id"]) ??
    toHex(sha256(utf8(`trace\n${requestId}`))).slice(0, 32);
  return { requestId, traceId };
}

/** The `traceparent` that goes from the request into what it causes, the request itself being the parent; the same event has the same one. */
export function traceparentOf(event: ApiEvent): string {
  const { requestId, traceId } = idsOf(event);
  const spanId = toHex(sha256(utf8(`span\n${requestId}`))).slice(0, 16);
  return traceparentOn(traceId, spanId, event.headers.traceparent);
}
