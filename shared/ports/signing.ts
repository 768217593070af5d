import type { Evidence, LedgerDigest, LedgerState } from "./ledger.ts";

/**
 * Every way the signing gate says no, in one closed list. "raced" is no alarm: another call signed meanwhile, read the gate's state again. All
 * others are alarms, and the log stops until a person has looked.
 */
export const gateRefusalCodes = [
  "raced",
  "no-state",
  "unreadable-state",
  "empty-tree",
  "fork",
  "rolled-back",
  "not-an-extension",
  "other-note",
] as const;
export type GateRefusalCode = (typeof gateRefusalCodes)[number];

/** A refusal value; `detail` is plain English for the alarm. */
export interface GateRefusal {
  readonly refused: GateRefusalCode;
  readonly detail: string;
}

/** A signed note, byte for byte as it is kept. */
export interface SignedNote {
  readonly note: Uint8Array;
}

/** The gate before the signing key: it signs only what extends the last thing it signed. Throws Unavailable. */
export interface SigningGate {
  /** What the gate signed last, or was about to sign; size 0 when nothing yet. */
  latest(log: string): Promise<LedgerState | GateRefusal>;
  /** The signed note of `digest`, given the engine's evidence that it extends the latest one ([] for the same size). */
  sign(log: string, digest: LedgerDigest, evidence: Evidence): Promise<SignedNote | GateRefusal>;
}
