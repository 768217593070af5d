import { Malformed } from "../base/malformed.ts";
import type { Checkpoint } from "../log/checkpoint.ts";
import { openCheckpoint } from "../log/open-checkpoint.ts";
import { type Policy, policyKeys } from "../log/policy.ts";
import type { Requirement } from "../log/require.ts";
import { verifyConsistency } from "./consistency.ts";
import type { ProofRefusal } from "./refusal.ts";
import { verifyCheckpoint } from "./verify-checkpoint.ts";

/** A checkpoint somebody else kept, one of whose trees begins with the other. `witnesses` cosigned it, by the names of the policy's keys. */
export interface Unrewritten {
  readonly against: Checkpoint;
  readonly witnesses: readonly string[];
}

/**
 * That nothing was rewritten between `checkpoint`, which the caller already believes, and the checkpoint in `noteBytes`, kept by somebody else
 * earlier or later: the same log signed both, and the `proof` shows that one tree begins with the other (RFC 9162 §2.1.4.2). One witness's
 * note need not meet the policy's quorum: who cosigned it is said. Nothing throws.
 */
export function verifyUnrewritten(
  checkpoint: Checkpoint,
  noteBytes: Uint8Array,
  proof: readonly Uint8Array[],
  policy: Policy,
  requirements: readonly Requirement[],
): Unrewritten | ProofRefusal {
  const against = verifyCheckpoint(noteBytes, { ...policy, quorum: "none" }, requirements);
  if ("refused" in against) return against;
  const wrong = inconsistency(checkpoint, against, proof);
  if (wrong !== undefined) return { refused: "not-consistent", detail: wrong };
  return { against, witnesses: cosigners(noteBytes, policy) };
}

function inconsistency(
  one: Checkpoint,
  other: Checkpoint,
  proof: readonly Uint8Array[],
): string | undefined {
  if (one.origin !== other.origin) return "the other checkpoint is another log's";
  const [first, second] = one.size <= other.size ? [one, other] : [other, one];
  const holds = verifyConsistency({
    size1: first.size,
    size2: second.size,
    proof,
    root1: first.root,
    root2: second.root,
  });
  if (holds) return undefined;
  return `the proof does not lead from the tree of size ${first.size} to that of size ${second.size}`;
}

function cosigners(noteBytes: Uint8Array, policy: Policy): string[] {
  try {
    const opened = openCheckpoint(noteBytes, policyKeys(policy));
    if ("refused" in opened) return [];
    const witnesses = new Set(policy.witnesses.map(({ key }) => key));
    const names = opened.signatures.filter(({ key }) => witnesses.has(key));
    return [...new Set(names.map(({ key }) => key.name))];
  } catch (error) {
    if (error instanceof Malformed) return [];
    throw error;
  }
}
