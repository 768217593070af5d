import { openDatabase } from "../adapters/deployment.ts";
import { openNudge, relay, type WakingEvent } from "../adapters/nudge.ts";
import { outboxAge } from "../adapters/postgres/ages.ts";
import { openLogs } from "../adapters/postgres/open-logs.ts";
import { tlogEngine } from "../adapters/tlog/engine.ts";
import { openTrail } from "../adapters/trail.ts";
import { wallClock } from "../http/clock.ts";
import { readEnv } from "../http/read-env.ts";
import { sequenceAll } from "./core.ts";
import { names } from "./env.ts";

const env = readEnv(names, process.env);
const pool = openDatabase(env.DATABASE_URL);
const engine = tlogEngine({ pool, clock: wallClock });
const nudge = openNudge(env);
const trail = openTrail("sequencer");
const batchesPerCall = 50;

/** What nudges and the sweep invoke: places what waits, then the signer is nudged. */
export const handler = (event: WakingEvent): Promise<void> =>
  relay(event, {
    service: "sequencer",
    all: () => openLogs(pool),
    work: (insurer) => sequenceAll(engine, insurer, batchesPerCall, trail),
    nudge,
    measure: async () => ({ outboxAgeMs: await outboxAge(pool, wallClock) }),
  });
