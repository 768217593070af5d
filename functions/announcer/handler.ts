import { openDatabase } from "../adapters/deployment.ts";
import { openAnnouncer } from "../adapters/eventbridge/open.ts";
import { relay, type WakingEvent } from "../adapters/nudge.ts";
import { openLogs } from "../adapters/postgres/open-logs.ts";
import { readEnv } from "../http/read-env.ts";
import { announce, unannounced } from "./core.ts";
import { names } from "./env.ts";

const env = readEnv(names, process.env);
const pool = openDatabase(env.DATABASE_URL);
const ports = openAnnouncer(env);
const perCall = 8_192n;

/** What the schedule invokes: events of what was published since, for whoever subscribes. */
export const handler = (event: WakingEvent): Promise<void> =>
  relay(event, {
    service: "announcer",
    all: () => openLogs(pool),
    work: (insurer) => announce(ports, insurer, perCall),
    measure: async () => unannounced(ports, await openLogs(pool)),
  });
