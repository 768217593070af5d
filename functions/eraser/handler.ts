import { openBucket, openDatabase, openDeployment } from "../adapters/deployment.ts";
import { openNudge, relay, type WakingEvent } from "../adapters/nudge.ts";
import { eraserRows } from "../adapters/postgres/eraser-rows.ts";
import { readEnv } from "../http/read-env.ts";
import { eraseDue } from "./due.ts";
import { names } from "./env.ts";

const env = readEnv(names, process.env);
const ports = openDeployment(env);
const rows = eraserRows(openDatabase(env.ERASER_DATABASE_URL));
const eraser = {
  rows,
  keys: ports.keys,
  sealed: openBucket(env.SEALED_BUCKET),
  evidence: openBucket(env.EVIDENCE_BUCKET),
  auditing: openBucket(env.AUDITING_BUCKET),
};
const nudge = openNudge(env);

/** What the schedule invokes: what was kept long enough is asked for, what was approved is carried out; then the sequencer is nudged. */
export const handler = (event: WakingEvent): Promise<void> =>
  relay(
    event,
    () => ports.store.insurers(),
    (insurer) => eraseDue(ports, eraser, insurer),
    nudge,
  );
