import type { Context } from "aws-lambda";
import { openBucket, openSelfAudit } from "../adapters/deployment.ts";
import { relay, type WakingEvent } from "../adapters/nudge.ts";
import { openLogs } from "../adapters/postgres/open-logs.ts";
import { wallClock } from "../http/clock.ts";
import { readEnv } from "../http/read-env.ts";
import { catchUpFor } from "./core.ts";
import { names } from "./env.ts";
import { watches } from "./watches.ts";

const env = readEnv(names, process.env);
const { pool, ...ports } = openSelfAudit(env);
const auditing = openBucket(env.AUDITING_BUCKET);
const watchOf = watches(ports);
const roundMs = 120_000;

/** What the schedule invokes: every log is audited from where this environment left it. */
export const handler = (event: WakingEvent, context: Context): Promise<void> =>
  relay(event, {
    service: "self-audit",
    all: () => openLogs(pool),
    work: async (insurer) => {
      const watch = await watchOf(insurer);
      const late = () => context.getRemainingTimeInMillis() < roundMs;
      return catchUpFor(insurer, watch, auditing, wallClock, late);
    },
  });
