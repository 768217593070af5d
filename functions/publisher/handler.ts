import { openBucket, openDatabase, openPublisher } from "../adapters/deployment.ts";
import { relay, type WakingEvent } from "../adapters/nudge.ts";
import { unpublishedAge } from "../adapters/postgres/ages.ts";
import { openLogs } from "../adapters/postgres/open-logs.ts";
import { wallClock } from "../http/clock.ts";
import { readEnv } from "../http/read-env.ts";
import { names } from "./env.ts";
import { trustKeeper } from "./keep-trust.ts";
import { publishLag } from "./lag.ts";
import { publishNewest } from "./publish-newest.ts";

const env = readEnv(names, process.env);
const pool = openDatabase(env.DATABASE_URL);
const signerState = openBucket(env.SIGNER_BUCKET);
const ports = openPublisher(env, pool, signerState);
const age = unpublishedAge(pool, wallClock);
const keepTrust = trustKeeper(ports);

/** What nudges and the sweep invoke: publishes what was signed, once enough witnesses cosigned it. */
export const handler = (event: WakingEvent): Promise<void> =>
  relay(event, {
    service: "publisher",
    all: () => openLogs(pool),
    work: async (insurer) => {
      const done = await publishNewest(ports, signerState, insurer);
      await keepTrust(insurer);
      return done;
    },
    measure: async () => publishLag(ports.published, await openLogs(pool), age),
  });
