/**
 * What every SDK client is made with: at most 4 attempts with the SDK's jittered backoff, 1 s to connect, 3 s to
 * answer. A service that hangs costs a caller about 15 s, then Unavailable.
 */
export const awsLimits = {
  maxAttempts: 4,
  retryMode: "standard",
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
} as const;
