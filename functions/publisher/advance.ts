import { equal } from "../../shared/base/bytes.ts";
import type { LedgerDigest } from "../../shared/ports/ledger.ts";
import type { GateRefusal, SignedNote } from "../../shared/ports/signing.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { sequenceAll } from "../sequencer/core.ts";
import { alarmOf, type LogAlarm } from "./alarm.ts";
import { shownCheckpoint } from "./checkpoint.ts";
import { publish } from "./core.ts";
import type { LogPorts } from "./ports.ts";

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
  const placed = await sequenceAll(ports.engine, insurer, batchesPerStep);
  const shown = await shownCheckpoint(ports, insurer);
  if (shown !== undefined && "alarm" in shown) return shown;
  const size = shown?.checkpoint.size ?? 0n;
  const digest = await ports.engine.digest(insurer);
  if (digest === undefined) {
    const lost = size > 0n ? `size ${size} is published, but the ledger is empty` : undefined;
    return lost === undefined ? { placed, size } : alarmOf("fork", lost);
  }
  if (digest.size === size && shown && equal(digest.root, shown.checkpoint.root)) {
    return { placed, size };
  }
  const signed = await signNewest(ports, insurer, digest);
  if ("alarm" in signed) return signed;
  const done = await publish(ports, insurer, signed.note);
  return "alarm" in done ? done : { placed, size: done.size };
}

const maxAttempts = 5;

/** The gate's note of the newest digest. What it refuses while another caller signs is asked again with what is true then. */
async function signNewest(
  { engine, gate }: LogPorts,
  insurer: string,
  first: LedgerDigest,
): Promise<SignedNote | LogAlarm> {
  let digest = first;
  let latest = await gate.latest(insurer);
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    if ("refused" in latest) return alarmFor(latest);
    const extending = latest.size > 0n && latest.size < digest.size;
    const evidence = extending ? await engine.evidence(insurer, latest, digest) : [];
    const signed = await gate.sign(insurer, digest, evidence);
    if ("note" in signed) return signed;
    const [nowLatest, nowDigest] = [await gate.latest(insurer), await engine.digest(insurer)];
    const moved = !isSame(latest, nowLatest) || !isSame(digest, nowDigest);
    if (!moved && signed.refused !== "raced") return alarmFor(signed);
    latest = nowLatest;
    digest = nowDigest ?? digest;
  }
  throw new Unavailable("signer", "other callers keep signing this log");
}

const isSame = (a: LedgerDigest, b: LedgerDigest | GateRefusal | undefined): boolean =>
  b !== undefined && !("refused" in b) && a.size === b.size && equal(a.root, b.root);

const alarmFor = ({ refused, detail }: GateRefusal): LogAlarm =>
  alarmOf(refused === "raced" ? "failed" : refused, detail);
