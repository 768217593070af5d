import { openFileRail, openUndecided } from "../adapters/deployment.ts";
import { openNudge, relay, type WakingEvent } from "../adapters/nudge.ts";
import { bankRows } from "../adapters/postgres/bank-rows.ts";
import { readEnv } from "../http/read-env.ts";
import { names } from "./env.ts";
import { exchange } from "./exchange.ts";

const env = readEnv(names, process.env);
const { pool, ...commands } = openUndecided(env);
const ports = { commands, rows: bankRows(pool), rail: openFileRail(env) };
const nudge = openNudge(env);

/** What the schedule invokes: payment files go to the bank's bucket, its messages are taken in, breaks are told; then the sequencer is nudged. */
export const handler = (event: WakingEvent): Promise<void> =>
  relay(event, {
    service: "reconciliation",
    all: () => commands.store.insurers(),
    work: (insurer) => exchange(ports, insurer),
    nudge,
  });
