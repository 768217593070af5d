import { openUndecided } from "../adapters/deployment.ts";
import { openNudge, relay, type WakingEvent } from "../adapters/nudge.ts";
import { releaseOrders } from "../adapters/postgres/release-orders.ts";
import { openScreening } from "../adapters/screening/http-screening.ts";
import { readEnv } from "../http/read-env.ts";
import { names } from "./env.ts";
import { payoutJob } from "./job.ts";

const env = readEnv(names, process.env);
const { pool, ...commands } = openUndecided(env);
const ports = { ...commands, orders: releaseOrders(pool) };
const screening = openScreening(env);
const nudge = openNudge(env);

/** What the schedule invokes: payouts are screened, approved under the pack, and released where a person ordered it; then the sequencer is nudged. */
export const handler = (event: WakingEvent): Promise<void> =>
  relay(event, {
    service: "payouts",
    all: () => ports.store.insurers(),
    work: (insurer) => payoutJob(ports, insurer, screening),
    nudge,
  });
