import { traceIdOf, traceIdOfAmazon } from "../../shared/api/traceparent.ts";
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
