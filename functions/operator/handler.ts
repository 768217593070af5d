import { openDeployment, openLogKeys } from "../adapters/deployment.ts";
import { openNudge } from "../adapters/nudge.ts";
import { readEnv } from "../http/read-env.ts";
import { type Called, call } from "./call.ts";
import { names } from "./env.ts";

const env = readEnv(names, process.env);
const ports = { ...openDeployment(env), logKeys: openLogKeys(env), nudge: openNudge(env) };

/** What an operator invokes by hand: one call, one record. */
export const handler = (event: unknown): Promise<Called> => call(ports, event);
