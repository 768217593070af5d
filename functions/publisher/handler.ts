import { openBucket, openDatabase, openLogKeys, openPublished } from "../adapters/deployment.ts";
import { relay, type WakingEvent } from "../adapters/nudge.ts";
import { openLogs } from "../adapters/postgres/open-logs.ts";
import { committedEntries } from "../adapters/postgres/publishing.ts";
import { readEnv } from "../http/read-env.ts";
import { publish } from "./core.ts";
import { names } from "./env.ts";
import { newestNote } from "./signed-note.ts";

const env = readEnv(names, process.env);
const pool = openDatabase(env.DATABASE_URL);
const signerState = openBucket(env.SIGNER_BUCKET);
const ports = {
  committed: committedEntries(pool),
  published: openPublished(env),
  sealed: openBucket(env.SEALED_BUCKET),
  logKeys: openLogKeys(env),
};

async function publishNewest(insurer: string) {
  const note = await newestNote(signerState, insurer);
  const done = note ? await publish(ports, insurer, note) : undefined;
  return done && "alarm" in done ? done : 0;
}

/** What nudges and the sweep invoke: publishes what was signed. */
export const handler = (event: WakingEvent): Promise<void> =>
  relay(event, () => openLogs(pool), publishNewest);
