import { openEraser, openLogKeys, openPublished, openUndecided } from "../adapters/deployment.ts";
import { openNudge, relay, type WakingEvent } from "../adapters/nudge.ts";
import { erasureAge } from "../adapters/postgres/ages.ts";
import { wallClock } from "../http/clock.ts";
import { readEnv } from "../http/read-env.ts";
import { names } from "./env.ts";
import { erasureAges } from "./overdue.ts";

const env = readEnv(names, process.env);
const ports = openUndecided(env);
const eraser = openEraser(env, ports.keys);
const published = openPublished(env);
const logKeys = openLogKeys(env);
const nudge = openNudge(env);
const ages = erasureAge(ports.pool, wallClock);

/** What the schedule invokes: what was kept long enough is asked for, what was approved is carried out; then the sequencer is nudged. An operator's `{"replay": "<insurer>"}`, after a restore, is replayErasures. Either is read when it is asked for. */
export const handler = async ({ replay: log, ...event }: WakingEvent & { replay?: string }) => {
  if (log !== undefined) {
    const { replayErasures } = await import("./replay.ts");
    return replayErasures(eraser, published, log, await logKeys(log));
  }
  return relay(event, {
    service: "eraser",
    all: () => ports.store.insurers(),
    work: async (one) => (await import("./due.ts")).eraseDue(ports, eraser, one),
    nudge,
    measure: async () => erasureAges(await ports.store.insurers(), ages),
  });
};
