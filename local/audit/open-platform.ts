import { Unavailable } from "../../shared/ports/unavailable.ts";
import type { AuditorAccess } from "../platform/auditor-access.ts";
import { dropAwsEnvironment } from "../platform/environment.ts";
import { StartFailure } from "../postgres/start-failure.ts";
import { Unreadable } from "../terminal/reading.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Opens the data of a platform of this machine, running or stopped, as its auditor role. Throws Unreadable. */
export async function openPlatform(
  terminal: Terminal,
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<AuditorAccess> {
  dropAwsEnvironment();
  const { DATABASE_URL: databaseUrl } = env;
  const log = (line: string): void => terminal.complain(line);
  // Loaded here: no other command needs the platform's drivers.
  const { openForAuditor } = await import("../platform/auditor-access.ts");
  try {
    return await openForAuditor({ folder, databaseUrl, log });
  } catch (error) {
    if (error instanceof StartFailure || error instanceof Unavailable) {
      throw new Unreadable(error.message);
    }
    throw error;
  }
}
