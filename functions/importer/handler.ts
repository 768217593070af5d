import type { Context } from "aws-lambda";
import { openImporter } from "../adapters/deployment.ts";
import { openFailureCount } from "../adapters/meter.ts";
import { readEnv } from "../http/read-env.ts";
import { importWaiting } from "./core.ts";
import { names } from "./env.ts";

const ports = openImporter(readEnv(names, process.env));
const failed = openFailureCount("importer");
/** A hundred lines that would begin with less time than this are left to the next call. */
const longMs = 120_000;

/** What the schedule invokes: policies that underwriters sent in; the sequencer sweeps up their records. */
export const handler = async (_: unknown, context: Context): Promise<void> => {
  const late = () => context.getRemainingTimeInMillis() < longMs;
  await importWaiting(ports, { late, failed });
};
