import { Unavailable } from "../../../shared/ports/unavailable.ts";
import { translated as awsTranslated } from "../aws-error.ts";

/** QLDB's own ways to say "later": quotas, a session that ended, a race lost more often than the driver repeats it. */
const passing = new Set([
  "CapacityExceededException",
  "InvalidSessionException",
  "LimitExceededException",
  "OccConflictException",
  "RateExceededException",
  "ResourcePreconditionNotMetException",
]);

/** How the SDK begins its message when something was thrown at it that is no Error of its own realm: a broken connection. */
const wrapped = "AWS SDK error wrapper for ";

/** Runs one call of a QLDB client: what may pass becomes Unavailable("qldb"), any other error passes through unchanged. */
export const translated = <T>(call: () => Promise<T>): Promise<T> =>
  awsTranslated("qldb", async () => {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (!passing.has(error.name) && !error.message.startsWith(wrapped)) throw error;
      throw new Unavailable("qldb", error.name, { cause: error });
    }
  });
