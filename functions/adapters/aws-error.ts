import { Unavailable } from "../../shared/ports/unavailable.ts";

/** Names and system codes of errors after which the same call may succeed later. */
const passing = new Set([
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

/** Whether the same call may succeed later. */
export function mayPass(error: unknown): boolean {
  const { name, code, message, $metadata } = membersOf(error);
  const status = membersOf($metadata).httpStatusCode;
  const words = [name, code, ...wrappedWords(message)];
  return (
    words.some((word) => typeof word === "string" && passing.has(word)) ||
    (typeof status === "number" && (status >= 500 || status === 429))
  );
}

/** An error of another realm (node:vm, so jest) comes wrapped by the SDK, its name and code in the text only. */
function wrappedWords(message: unknown): readonly string[] {
  const wrapped = /^AWS SDK error wrapper for (.*)$/s.exec(
    typeof message === "string" ? message : "",
  );
  return wrapped?.[1]?.split(/[^A-Za-z0-9_]+/) ?? [];
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
