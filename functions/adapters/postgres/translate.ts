import { Unavailable } from "../../../shared/ports/unavailable.ts";

/**
 * The connection went away while a COMMIT was under way: it happened or it did not.
 * Read back by the event's id before anything is tried again.
 */
export class CommitUnknown extends Unavailable {
  constructor(options?: ErrorOptions) {
    super("database", "whether the transaction committed is unknown", options);
  }
}

/** The five-character SQLSTATE of a database error (PostgreSQL appendix A); undefined for anything else. */
export function sqlState(error: unknown): string | undefined {
  const { code } = partsOf(error);
  return /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** Read by shape: an error of the socket layer need not be an instance of this module's Error. */
function partsOf(error: unknown): { code: string; message: string; first: unknown } {
  const parts: { code?: unknown; message?: unknown; errors?: unknown } =
    typeof error === "object" && error !== null ? error : {};
  const text = (value: unknown): string => (typeof value === "string" ? value : "");
  const first: unknown = Array.isArray(parts.errors) ? parts.errors[0] : undefined;
  return { code: text(parts.code), message: text(parts.message), first };
}

/** What a statement is told behind one that failed (SQLSTATE 25P02). */
export const abortedTransaction = "25P02";

const lostRaces = ["40001", "40P01", "23505"];

/** Somebody else's transaction won (serialization failure, deadlock, same key): start again from what is true now. */
export const isLostRace = (error: unknown): boolean => lostRaces.includes(sqlState(error) ?? "");

/** Whether an effect may or may not have happened. */
export const isUnknownOutcome = (error: unknown): boolean => error instanceof CommitUnknown;

const lostConnections =
  /^Connection terminated|^Client has encountered a connection error|^timeout exceeded when trying to connect|^Query read timeout/;

const socketErrors = [
  ...["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN"],
  ...["EHOSTUNREACH", "ENETUNREACH", "ECONNABORTED"],
];

/**
 * Why the database cannot serve now, in words for a log; undefined when the error is something else.
 * Classes 08 (connection), 53 (resources), 57 (operator), 58 (system), and XX000, DSQL's "server unavailable".
 */
function outage(error: unknown): string | undefined {
  const { code, message, first } = partsOf(error);
  if (first !== undefined) return outage(first);
  const state = sqlState(error);
  if (state === "53100") return "the disk is full";
  if (state === "53300") return "it has too many connections";
  if (state === "57014") return "the statement took too long";
  if (state !== undefined && /^(08|53|57|58)|^XX000$/.test(state)) {
    return `it cannot serve now (SQLSTATE ${state})`;
  }
  if (socketErrors.includes(code)) return `it does not answer (${code})`;
  return lostConnections.test(message) ? "the connection was lost" : undefined;
}

/** An outage as Unavailable("database", …); every other error as it is. */
export function translate(error: unknown): unknown {
  if (error instanceof Unavailable) return error;
  const what = outage(error);
  return what === undefined ? error : new Unavailable("database", what, { cause: error });
}

/** What a failed COMMIT means: refused for sure where the server says so, unknown otherwise. */
export function translateCommit(error: unknown): unknown {
  const state = sqlState(error);
  const refused = state !== undefined && !/^(08|57|58)|^XX000$/.test(state);
  return refused ? translate(error) : new CommitUnknown({ cause: error });
}
