import { sqlState, translate } from "../../functions/adapters/postgres/translate.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { StartFailure } from "./start-failure.ts";

/** What `pg` says when a password is needed and there is none, or the server wants or has no TLS; it has no SQLSTATE then. */
const cannotLogIn = /^SASL|does not support SSL|^(self-signed|unable to verify)/;

/**
 * An error of `pg` while a database is made ready, for the person at the terminal: StartFailure in one sentence where the server does not let
 * this login in or do what is needed, Unavailable on an outage, anything else as it is. No password is in any of them.
 */
export function startFailureOf(error: unknown): unknown {
  const cause = translate(error);
  if (cause instanceof Unavailable || !(cause instanceof Error)) return cause;
  const said = sentence(sqlState(cause), cause.message);
  return said === undefined ? cause : new StartFailure(said, { cause });
}

/** SQLSTATE classes of PostgreSQL's appendix A. */
function sentence(state: string | undefined, message: string): string | undefined {
  if (state === "28P01") return "The database refuses the login: its user or password is wrong";
  if (state?.startsWith("28")) return `The database refuses the login: ${message}`;
  if (state === "3D000") return `The database is not there: ${message}`;
  if (state === "42501") return `The login may not do that on the database: ${message}`;
  if (state === "55006") return `The database is in use: ${message}`;
  return state === undefined && cannotLogIn.test(message)
    ? `The database can't be logged in to: ${message}`
    : undefined;
}
