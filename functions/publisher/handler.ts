import { openBucket, openDatabase, openPublisher } from "../adapters/deployment.ts";
import { relay, type WakingEvent } from "../adapters/nudge.ts";
import { openLogs } from "../adapters/postgres/open-logs.ts";
import { readEnv } from "../http/read-env.ts";
import { names } from "./env.ts";
import { publishNewest } from "./publish-newest.ts";

const env = readEnv(names, process.env);
const pool = openDatabase(env.DATABASE_URL);
const signerState = openBucket(env.SIGNER_BUCKET);
const ports = openPublisher(env, pool, signerState);

/** What nudges and the sweep invoke: publishes what was signed, once enough witnesses cosigned it. */
export const handler = (event: WakingEvent): Promise<void> =>
  relay(
    event,
    () => openLogs(pool),
    (insurer) => publishNewest(ports, signerState, insurer),
  );
