import type { Context } from "aws-lambda";
import { openExporter } from "../adapters/deployment.ts";
import { openFailureCount } from "../adapters/meter.ts";
import { wallClock } from "../http/clock.ts";
import { readEnv } from "../http/read-env.ts";
import { exportWaiting } from "./core.ts";
import { names } from "./env.ts";

const ports = openExporter(readEnv(names, process.env));
const failed = openFailureCount("exporter");
/** An export that begins with less time than this is left to the next call. */
const longMs = 600_000;

/** What the schedule invokes: exports that auditors asked for. */
export const handler = async (_: unknown, context: Context): Promise<void> => {
  const late = () => context.getRemainingTimeInMillis() < longMs;
  await exportWaiting(ports, wallClock(), { late, failed });
};
