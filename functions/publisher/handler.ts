import { dayOf } from "../../shared/base/day.ts";
import { openBucket, openDatabase, openLogKeys, openPublished } from "../adapters/deployment.ts";
import { relay, type WakingEvent } from "../adapters/nudge.ts";
import { openLogs } from "../adapters/postgres/open-logs.ts";
import { committedEntries } from "../adapters/postgres/publishing.ts";
import { wallClock } from "../http/clock.ts";
import { readEnv } from "../http/read-env.ts";
import { names } from "./env.ts";
import { publishNewest } from "./publish-newest.ts";

const env = readEnv(names, process.env);
const pool = openDatabase(env.DATABASE_URL);
const signerState = openBucket(env.SIGNER_BUCKET);
const ports = {
  committed: committedEntries(pool),
  published: openPublished(env),
  live: openBucket(env.LIVE_BUCKET),
  sealed: openBucket(env.SEALED_BUCKET),
  logKeys: openLogKeys(env),
  today: () => dayOf(wallClock()),
  tended: new Map(),
};

/** What nudges and the sweep invoke: publishes what was signed. */
export const handler = (event: WakingEvent): Promise<void> =>
  relay(
    event,
    () => openLogs(pool),
    (insurer) => publishNewest(ports, signerState, insurer),
  );
