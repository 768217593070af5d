import type { Context } from "aws-lambda";
import { openShadow } from "../adapters/deployment.ts";
import { openFailureCount } from "../adapters/meter.ts";
import { wallClock } from "../http/clock.ts";
import { readEnv } from "../http/read-env.ts";
import { shadowWaiting } from "./core.ts";
import { names } from "./env.ts";

const ports = openShadow(readEnv(names, process.env));
const failed = openFailureCount("shadow");
/** A shadow that would begin with less time than this is left to the next call. */
const longMs = 600_000;

/** What the schedule invokes: drafts of rule packs that underwriters want to see beside past decisions. */
export const handler = async (_: unknown, context: Context): Promise<void> => {
  const late = () => context.getRemainingTimeInMillis() < longMs;
  await shadowWaiting(ports, wallClock(), { late, failed });
};
