import { openUndecided } from "../adapters/deployment.ts";
import { openNudge, relay, type WakingEvent } from "../adapters/nudge.ts";
import { bookRows } from "../adapters/postgres/book-rows.ts";
import { readEnv } from "../http/read-env.ts";
import { recordAlarming } from "./core.ts";
import { names } from "./env.ts";

const env = readEnv(names, process.env);
const ports = openUndecided(env);
const rows = bookRows(ports.pool);
const nudge = openNudge(env);

/** What the schedule invokes: the day before's control totals of each insurer that lacks them, then the sequencer is nudged. */
export const handler = (event: WakingEvent): Promise<void> =>
  relay(event, {
    service: "totals",
    all: () => ports.store.insurers(),
    work: (insurer) => recordAlarming(ports, rows, insurer),
    nudge,
  });
