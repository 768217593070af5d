import type { Checkpoint } from "../../shared/log/checkpoint.ts";
import { parseHashLines } from "../../shared/proof/hash-lines.ts";
import { orMalformed, type ProofRefusal } from "../../shared/proof/refusal.ts";
import { type Unrewritten, verifyUnrewritten } from "../../shared/proof/verify-unrewritten.ts";
import type { Held } from "./files.ts";
import type { Trust } from "./trust.ts";

/** That nothing was rewritten between `checkpoint` and the note somebody else kept; undefined where there is no note. Equal sizes need no proof. */
export function compare(
  checkpoint: Checkpoint,
  { note, consistency }: Pick<Held, "note" | "consistency">,
  trust: Trust,
): Unrewritten | ProofRefusal | undefined {
  if (note === undefined) return undefined;
  return orMalformed(() => {
    const proof = consistency ? parseHashLines(consistency.bytes) : [];
    return verifyUnrewritten(checkpoint, note.bytes, proof, trust.policy, trust.requirements);
  });
}
