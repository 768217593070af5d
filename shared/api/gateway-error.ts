/**
 * What API Gateway answers itself, before a function or in its place: `{"message": …}` as application/json. The words of 401, 403, 413, 429, 500 and 503 are AWS's
 * own; those of 408 and 431 are ours until a deployment has shown it (docs/deploying.md).
 */
export const gatewayErrors = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  408: "Request Timeout",
  413: "Request Entity Too Large",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  503: "Service Unavailable",
} as const;
export type GatewayStatus = keyof typeof gatewayErrors;

/** The limits of an HTTP API and of the functions behind it (AWS's quotas of API Gateway and Lambda). */
export const gatewayLimits = {
  /** Body of a request. */
  payloadBytes: 10 * 1024 * 1024,
  /** The whole event a function is given, and the whole result it gives, as JSON. */
  functionBytes: 6 * 1024 * 1024,
  /** Request line and headers together. */
  headerBytes: 10_240,
  /** How long an integration may take. */
  integrationMs: 30_000,
} as const;

/** What one stage lets through, for all callers together: a bucket of `burst` requests that `perSecond` fill, above what the benchmark of the API takes. */
export const stageThrottle = { perSecond: 1_000, burst: 2_000 } as const;
