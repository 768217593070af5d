import { openBucket, openDatabase, signingKeys } from "../adapters/deployment.ts";
import { kmsCheckpointKey } from "../adapters/kms/checkpoint-key.ts";
import { openNudge, relay, type WakingEvent } from "../adapters/nudge.ts";
import { openLogs } from "../adapters/postgres/open-logs.ts";
import { tlogEngine } from "../adapters/tlog/engine.ts";
import { wallClock } from "../http/clock.ts";
import { readEnv } from "../http/read-env.ts";
import { initSigner, signingGate } from "./core.ts";
import { names } from "./env.ts";
import { signNewest } from "./sign-newest.ts";

const env = readEnv(names, process.env);
const pool = openDatabase(env.DATABASE_URL);
const engine = tlogEngine({ pool, clock: wallClock });
const store = openBucket(env.SIGNER_BUCKET);
const originOf = (insurer: string) => `${env.ORIGIN_PREFIX}/${insurer}`;
const keys = signingKeys(env, kmsCheckpointKey);
const gate = signingGate({ store, keys, extend: engine.extend, originOf, clock: wallClock });
const nudge = openNudge(env);

/** What nudges and the sweep invoke: signs what was placed. An operator's `{"init": "<insurer>"}` lets a new log be signed. */
export const handler = async (event: WakingEvent & { init?: string }): Promise<void> => {
  const sign = (insurer: string) => signNewest(engine, gate, insurer);
  if (event.init !== undefined) await initSigner(store, event.init);
  else await relay(event, { service: "signer", all: () => openLogs(pool), work: sign, nudge });
};
