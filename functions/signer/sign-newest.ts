import type { LedgerEngine } from "../../shared/ports/ledger.ts";
import type { GateRefusal, SigningGate } from "../../shared/ports/signing.ts";
import { alarmOf, type LogAlarm } from "../publisher/alarm.ts";

/**
 * Has the gate sign the newest committed digest of one log; 1 if there is a note of it now, 0 if there is nothing to sign or another call
 * is at it. Any other refusal is an alarm. Throws Unavailable.
 */
export async function signNewest(
  engine: Pick<LedgerEngine, "digest" | "evidence">,
  gate: SigningGate,
  insurer: string,
): Promise<number | LogAlarm> {
  const digest = await engine.digest(insurer);
  if (!digest) return 0;
  const latest = await gate.latest(insurer);
  if ("refused" in latest) return unlessRaced(latest);
  const extending = latest.size > 0n && latest.size < digest.size;
  const evidence = extending ? await engine.evidence(insurer, latest, digest) : [];
  const signed = await gate.sign(insurer, digest, evidence);
  return "note" in signed ? 1 : unlessRaced(signed);
}

const unlessRaced = ({ refused, detail }: GateRefusal): number | LogAlarm =>
  refused === "raced" ? 0 : alarmOf(refused, detail);
