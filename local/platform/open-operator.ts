import { Unavailable } from "../../shared/ports/unavailable.ts";
import { StartFailure } from "../postgres/start-failure.ts";
import { Unreadable } from "../terminal/reading.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { dropAwsEnvironment } from "./environment.ts";
import type { OperatorAccess } from "./operator-access.ts";

/** Opens a platform of this machine, running or stopped, for an operator's command. Throws Unreadable. */
export async function openOperator(
  terminal: Terminal,
  folder: string,
  { DATABASE_URL: databaseUrl }: NodeJS.ProcessEnv,
): Promise<OperatorAccess> {
  dropAwsEnvironment();
  // Loaded here: no other command beside it needs the platform's drivers.
  const { openForOperator } = await import("./operator-access.ts");
  const log = (line: string): void => terminal.complain(line);
  try {
    return await openForOperator({ folder, databaseUrl, log });
  } catch (error) {
    const expected = error instanceof StartFailure || error instanceof Unavailable;
    throw expected ? new Unreadable(error.message) : error;
  }
}
