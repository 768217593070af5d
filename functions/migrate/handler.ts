import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "aws-lambda";
import { parseDsqlUrl } from "../adapters/postgres/dsql.ts";
import { migrateDsql, parseDatabaseRoles } from "../adapters/postgres/dsql-roles.ts";
import { putOutcome } from "../adapters/put-outcome.ts";
import { readEnv } from "../http/read-env.ts";
import { answerDeployment, type Outcome } from "./core.ts";
import { names } from "./env.ts";

const env = readEnv(names, process.env);
const place = parseDsqlUrl(env.DATABASE_URL);
if (!place) throw new Error("DATABASE_URL is no dsql:// URL: migrate your own PostgreSQL directly");
/** Time kept back to answer the deployment. */
const answerMs = 30_000;

/** What CloudFormation invokes at each deploy that changes a step or a role, before the functions change. */
export const handler = (event: unknown, context: Context): Promise<Outcome> => {
  const mayWait = () => context.getRemainingTimeInMillis() > answerMs;
  const waiting = { sleep: (ms: number) => sleep(ms), mayWait };
  const migrate = (roles: string) => migrateDsql(place, parseDatabaseRoles(roles), waiting);
  return answerDeployment({ migrate, put: putOutcome }, event);
};
