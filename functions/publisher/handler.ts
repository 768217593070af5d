import { verifierKey } from "../../shared/log/key.ts";
import { openBucket, openDatabase, openPublished, openSigningKey } from "../adapters/deployment.ts";
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
const signingKey = openSigningKey(env);
const ports = {
  committed: committedEntries(pool),
  published: openPublished(env),
  logKey: async (insurer: string) =>
    verifierKey(`${env.ORIGIN_PREFIX}/${insurer}`, "ed25519", await signingKey.publicKey()),
};

async function publishNewest(insurer: string): Promise<number> {
  const note = await newestNote(signerState, insurer);
  const done = note && (await publish(ports, insurer, note));
  if (done && "alarm" in done) throw new Error(`${insurer}: ${done.alarm}: ${done.detail}`);
  return 0;
}

/** What nudges and the sweep invoke: publishes what was signed. */
export const handler = (event: WakingEvent): Promise<void> =>
  relay(event, () => openLogs(pool), publishNewest);
