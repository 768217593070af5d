import { equal } from "../../shared/base/bytes.ts";
import { sequenceAll } from "../sequencer/core.ts";
import { noteOfNewest } from "../signer/sign-newest.ts";
import { alarmOf, type LogAlarm } from "./alarm.ts";
import { shownCheckpoint } from "./checkpoint.ts";
import { publish } from "./core.ts";
import type { LogPorts } from "./ports.ts";
import { tend } from "./tend.ts";

export type { LogPorts } from "./ports.ts";

/** What one step did: records placed, and the size of the checkpoint that is now published, 0 before the first. */
export interface Advanced {
  readonly placed: number;
  readonly size: bigint;
}

/** A step that never lets a busy outbox keep the checkpoint waiting: 8,000 records, then sign. */
const batchesPerStep = 8;

/**
 * One step of one log: place what waits, sign the newest committed digest if it isn't the published one, publish it. Whoever calls it spaces
 * the steps. Any number of callers at once and a crash anywhere are harmless. Throws Unavailable.
 */
export async function advance(ports: LogPorts, insurer: string): Promise<Advanced | LogAlarm> {
  const placed = await sequenceAll(ports.engine, insurer, batchesPerStep, ports.trail);
  const shown = await shownCheckpoint(ports, insurer);
  if (shown !== undefined && "alarm" in shown) return shown;
  const size = shown?.checkpoint.size ?? 0n;
  const digest = await ports.engine.digest(insurer);
  if (digest === undefined) {
    const lost = size > 0n ? `size ${size} is published, but the ledger is empty` : undefined;
    return lost === undefined ? { placed, size } : alarmOf("fork", lost);
  }
  if (digest.size === size && shown && equal(digest.root, shown.checkpoint.root)) {
    return (await tend(ports, insurer, size)) ?? { placed, size };
  }
  const signed = await noteOfNewest(ports.engine, ports.gate, insurer, digest);
  if ("alarm" in signed) return signed;
  const done = await publish(ports, insurer, signed.note);
  if ("alarm" in done) return done;
  return (await tend(ports, insurer, done.size)) ?? { placed, size: done.size };
}
