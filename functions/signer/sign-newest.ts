import type { LedgerEngine } from "../../shared/ports/ledger.ts";
import type { SigningGate } from "../../shared/ports/signing.ts";

/**
 * Has the gate sign the newest committed digest of one log; 1 if there is a note of it now, 0 if there is nothing to sign or another call
 * is at it. A refusal is an alarm and throws. Throws Unavailable.
 */
export async function signNewest(
  engine: Pick<LedgerEngine, "digest" | "evidence">,
  gate: SigningGate,
  insurer: string,
): Promise<number> {
  const digest = await engine.digest(insurer);
  if (!digest) return 0;
  const latest = await gate.latest(insurer);
  const refused = (code: string, detail: string) => new Error(`gate: ${code}: ${detail}`);
  if ("refused" in latest) throw refused(latest.refused, latest.detail);
  const extending = latest.size > 0n && latest.size < digest.size;
  const evidence = extending ? await engine.evidence(insurer, latest, digest) : [];
  const signed = await gate.sign(insurer, digest, evidence);
  if ("note" in signed) return 1;
  if (signed.refused === "raced") return 0;
  throw refused(signed.refused, signed.detail);
}
