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

/** Runs one call of a QLDB client: what may pass becomes Unavailable("qldb"), any other error passes through unchanged. */
export const translated = <T>(call: () => Promise<T>): Promise<T> =>
  awsTranslated("qldb", async () => {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof Error) || !passing.has(error.name)) throw error;
      throw new Unavailable("qldb", error.name, { cause: error });
    }
  });
