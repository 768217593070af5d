/**
 * The trace-id of a `traceparent` header (W3C Trace Context §3.2): 32 lower-case hex digits, not all zero. Undefined for anything that is not one, also a list of
 * them: a header that can't be read is as one that was never sent (§4.2). A later version may append fields (§3.2.4).
 */
export function traceIdOf(traceparent: string | undefined): string | undefined {
  const [, version, traceId, parentId, , more] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-[^,]*)?$/.exec(
      traceparent ?? "",
    ) ?? [];
  if (version === undefined || version === "ff" || (version === "00" && more !== undefined)) {
    return undefined;
  }
  return isZero(traceId) || isZero(parentId) ? undefined : traceId;
}

/**
 * The `traceparent` that a request hands on (W3C Trace Context §3.4): version 00, its trace, the span of ours that it is now in, and of the flags of `header`
 * only `sampled`, for the others must be zero (§3.2.2.5.2). 55 characters. A header that can't be read restarts the trace, unsampled.
 */
export function traceparentOn(traceId: string, spanId: string, header: string | undefined): string {
  const flags =
    traceIdOf(header) === undefined ? 0 : Number.parseInt(header?.slice(53, 55) ?? "", 16);
  return `00-${traceId}-${spanId}-0${flags & 1}`;
}

const isZero = (id: string | undefined): boolean => id === undefined || /^0+$/.test(id);

/**
 * The trace-id in AWS's own header, `Root=1-<8 hex digits: seconds>-<24 hex digits>`, as X-Ray maps it to W3C's
 * (https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-traceids).
 */
export function traceIdOfAmazon(header: string | undefined): string | undefined {
  const [, seconds, random] =
    /(?:^|;)Root=1-([0-9a-f]{8})-([0-9a-f]{24})(?:;|$)/.exec(header ?? "") ?? [];
  const traceId = `${seconds}${random}`;
  return seconds === undefined || isZero(traceId) ? undefined : traceId;
}
