import { utf8 } from "../../shared/base/bytes.ts";
import { parseWitnessPolicy } from "../../shared/log/witness-policy.ts";
import { openBucket, openDatabase, openPublisher } from "../adapters/deployment.ts";
import { relay, type WakingEvent } from "../adapters/nudge.ts";
import { openLogs } from "../adapters/postgres/open-logs.ts";
import { readEnv } from "../http/read-env.ts";
import { names } from "./env.ts";
import { trustKeeper } from "./keep-trust.ts";
import { publishNewest } from "./publish-newest.ts";

const env = readEnv(names, process.env);
const pool = openDatabase(env.DATABASE_URL);
const signerState = openBucket(env.SIGNER_BUCKET);
const ports = openPublisher(env, pool, signerState);
const keepTrust = trustKeeper({ ...ports, witness: parseWitnessPolicy(utf8(env.WITNESS_POLICY)) });

/** What nudges and the sweep invoke: publishes what was signed, once enough witnesses cosigned it. */
export const handler = (event: WakingEvent): Promise<void> =>
  relay(
    event,
    () => openLogs(pool),
    async (insurer) => {
      const done = await publishNewest(ports, signerState, insurer);
      await keepTrust(insurer);
      return done;
    },
  );
