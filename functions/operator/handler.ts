import { openLogKeys, openPublished, openUndecided } from "../adapters/deployment.ts";
import { openNudge } from "../adapters/nudge.ts";
import { dismiss, enrol } from "../adapters/postgres/principals.ts";
import { readEnv } from "../http/read-env.ts";
import { type Called, call } from "./call.ts";
import { names } from "./env.ts";

const env = readEnv(names, process.env);
const deployment = openUndecided(env);
const ports = {
  ...deployment,
  logKeys: openLogKeys(env),
  nudge: openNudge(env),
  published: openPublished(env),
  enrol: enrol.bind(undefined, deployment.pool),
  dismiss: dismiss.bind(undefined, deployment.pool),
};

/** What an operator invokes by hand: one call, one record or one row. */
export const handler = (event: unknown): Promise<Called> => call(ports, event);
