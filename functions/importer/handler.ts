import type { Context } from "aws-lambda";
import { openImporter } from "../adapters/deployment.ts";
import { readEnv } from "../http/read-env.ts";
import { importWaiting } from "./core.ts";
import { names } from "./env.ts";

const ports = openImporter(readEnv(names, process.env));
/** A hundred lines that would begin with less time than this are left to the next call. */
const longMs = 120_000;

/** What the schedule invokes: policies that underwriters sent in; the sequencer sweeps up their records. */
export const handler = async (_: unknown, context: Context): Promise<void> => {
  await importWaiting(ports, () => context.getRemainingTimeInMillis() < longMs);
};
