import { equal } from "../../shared/base/bytes.ts";
import type { LedgerDigest, LedgerEngine } from "../../shared/ports/ledger.ts";
import type { GateRefusal, SignedNote, SigningGate } from "../../shared/ports/signing.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { alarmOf, type LogAlarm } from "../publisher/alarm.ts";

const maxAttempts = 5;
type Engine = Pick<LedgerEngine, "digest" | "extension">;

/** Has the gate sign the newest committed digest of one log, as {@link noteOfNewest}; 1 if there is a note now, 0 if there is nothing to sign. Throws Unavailable. */
export async function signNewest(
  engine: Engine,
  gate: SigningGate,
  insurer: string,
): Promise<number | LogAlarm> {
  const digest = await engine.digest(insurer);
  if (!digest) return 0;
  const signed = await noteOfNewest(engine, gate, insurer, digest);
  return "note" in signed ? 1 : signed;
}

/**
 * The gate's note of the newest digest, `first` or a later one, or, where more came since than the engine shows at once, of one on the way there: the next
 * call goes on from it. What the gate refuses while another caller signs is asked again with what is
 * true then; it is an alarm only when neither the ledger nor the gate moved. Throws Unavailable.
 */
export async function noteOfNewest(
  engine: Engine,
  gate: SigningGate,
  insurer: string,
  first: LedgerDigest,
): Promise<SignedNote | LogAlarm> {
  let digest = first;
  let latest = await gate.latest(insurer);
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    if ("refused" in latest) return alarmFor(latest);
    const { to, evidence } =
      latest.size < digest.size
        ? await engine.extension(insurer, latest, digest)
        : { to: digest, evidence: [] };
    const signed = await gate.sign(insurer, to, evidence);
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
