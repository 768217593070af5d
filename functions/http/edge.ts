import type { ProblemCode } from "../../shared/api/problem.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { Instant } from "../../shared/base/instant.ts";
import type { Principals } from "../../shared/ports/claims.ts";

/** What a log line may say. No body, token, key, path, address or message of a foreign error has a place in it; a stream by its handle and a record by its leaf hash, which tell nothing of whose they are. */
export interface LogFields {
  readonly requestId: string;
  readonly traceId: string;
  readonly stream?: Handle;
  readonly record?: string;
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
  /** It waited because its caller asked for that (RFC 7240 `wait`). */
  readonly waited?: true;
  readonly problem?: ProblemCode;
  /** The row of the table does not declare the problem: the documents are wrong, and are to be mended. */
  readonly undeclared?: true;
  readonly insurer?: string;
  readonly error?: string;
  /** What did not answer. */
  readonly unavailable?: string;
  readonly frames?: readonly string[];
}

/** One structured line per request. */
export interface RequestLog {
  info(message: string, fields: LogFields): void;
  error(message: string, fields: LogFields): void;
}

/** The values that a request may say which came by way of the edge, each as its SHA-256: one, or two while the second takes over. */
export type OriginVerify = readonly Uint8Array[];

/** What every endpoint stands on besides its own port. */
export interface Edge {
  readonly principals: Principals;
  readonly log: RequestLog;
  readonly now: () => Instant;
  /** What a request says that came by way of the edge (lib/edge-stack.ts); absent where none stands in front. */
  readonly originVerify?: OriginVerify | undefined;
  /** Wakes the next job of a log that has a new record; may fail silently, for jobs sweep. Absent where nothing is recorded. */
  readonly wake?: (insurer: string, traceparent?: string) => Promise<void>;
}
