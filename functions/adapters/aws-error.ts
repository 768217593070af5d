import { Unavailable } from "../../shared/ports/unavailable.ts";

const passingNames = new Set([
  "ConditionalRequestConflict",
  "DependencyTimeoutException",
  "InternalError",
  "KMSInternalException",
  "KeyUnavailableException",
  "RequestTimeout",
  "ServiceUnavailable",
  "SlowDown",
  "ThrottlingException",
  "TimeoutError",
  "TooManyRequestsException",
]);

const passingCodes = new Set([
  "EAI_AGAIN",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
]);

/** The service's own name of an error (`NotFoundException`, `NoSuchKey`…); undefined if `error` has none. */
export function awsErrorName(error: unknown): string | undefined {
  const { name } = membersOf(error);
  return typeof name === "string" ? name : undefined;
}

/** How many attempts the SDK made before it gave up; above 1, an earlier one may have had its effect. */
export function awsAttempts(error: unknown): number {
  const { attempts } = membersOf(membersOf(error).$metadata);
  return typeof attempts === "number" ? attempts : 1;
}

/**
 * Runs one SDK call. Throttling, timeouts, 5xx and broken connections that outlast the SDK's own retries become
 * Unavailable(`service`); any other error passes through unchanged, for the adapter to name or as a bug.
 */
export async function translated<T>(service: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!mayPass(error)) throw error;
    throw new Unavailable(service, awsErrorName(error) ?? "no answer", { cause: error });
  }
}

function mayPass(error: unknown): boolean {
  const { name, $metadata } = membersOf(error);
  const code = systemCode(error);
  const status = membersOf($metadata).httpStatusCode;
  return (
    (typeof name === "string" && passingNames.has(name)) ||
    (code !== undefined && passingCodes.has(code)) ||
    (typeof status === "number" && (status >= 500 || status === 429))
  );
}

/** ECONNREFUSED and such. An error of another realm (node:vm) comes wrapped by the SDK, its code in the text only. */
function systemCode(error: unknown): string | undefined {
  const { code, message } = membersOf(error);
  if (typeof code === "string") return code;
  if (typeof message !== "string") return undefined;
  return /^AWS SDK error wrapper for .*\b(E[A-Z_]{3,})\b/.exec(message)?.[1];
}

interface Members {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly $metadata?: unknown;
  readonly attempts?: unknown;
  readonly httpStatusCode?: unknown;
}

const membersOf = (value: unknown): Members =>
  typeof value === "object" && value !== null ? value : {};
