import type { Context } from "aws-lambda";
import { openSelfAudit } from "../adapters/deployment.ts";
import { relay, type WakingEvent } from "../adapters/nudge.ts";
import { openLogs } from "../adapters/postgres/open-logs.ts";
import { readEnv } from "../http/read-env.ts";
import { catchUp } from "./core.ts";
import { names } from "./env.ts";
import { LogWatch } from "./log-watch.ts";

const { pool, ...ports } = openSelfAudit(readEnv(names, process.env));
/** What each log was found to be so far: an environment that starts anew begins at entry 0. */
const watches = new Map<string, LogWatch>();
const roundMs = 120_000;

/** What the schedule invokes: every log is audited from where this environment left it. */
export const handler = (event: WakingEvent, context: Context): Promise<void> =>
  relay(
    event,
    () => openLogs(pool),
    async (insurer) => {
      const watch =
        watches.get(insurer) ?? new LogWatch(ports, insurer, await ports.logKeys(insurer));
      watches.set(insurer, watch);
      return catchUp(watch, () => context.getRemainingTimeInMillis() < roundMs);
    },
  );
