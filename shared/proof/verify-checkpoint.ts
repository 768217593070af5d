import type { Checkpoint } from "../log/checkpoint.ts";
import { sameKey, type VerifierKey } from "../log/key.ts";
import { openCheckpoint } from "../log/open-checkpoint.ts";
import type { VerifiedSignature } from "../log/open-note.ts";
import { type Policy, policyKeys, quorumMet } from "../log/policy.ts";
import { type Requirement, requirementAt, requirementTypes } from "../log/require.ts";
import { verifyInclusion } from "./inclusion.ts";
import { orMalformed, type ProofRefusal, refuse } from "./refusal.ts";
import { parseTlogProof } from "./tlog-proof.ts";

/**
 * The checkpoint, once every step held (tlog-policy; tlog-proof, Verifying, steps 2 and 3): it is well-formed; no signature by
 * a key of the policy fails; a log whose key name is the origin signed it; the quorum cosigned it; the log's signatures are those
 * the `requirements` ask at this size; extension lines are covered by an Ed25519 signature. Nothing throws.
 */
export function verifyCheckpoint(
  noteBytes: Uint8Array,
  policy: Policy,
  requirements: readonly Requirement[] = [],
): Checkpoint | ProofRefusal {
  const believed = believeCheckpoint(noteBytes, policy, requirements);
  return "refused" in believed ? believed : believed.checkpoint;
}

/** A checkpoint that holds, and who signed it. */
export interface Believed {
  readonly checkpoint: Checkpoint;
  /** The keys of the policy's log lines that signed it. */
  readonly logKeys: readonly VerifierKey[];
  readonly witnesses: readonly Witnessed[];
}

/** {@link verifyCheckpoint}, with who signed. Nothing throws. */
export const believeCheckpoint = (
  noteBytes: Uint8Array,
  policy: Policy,
  requirements: readonly Requirement[] = [],
): Believed | ProofRefusal => orMalformed(() => checkNote(noteBytes, policy, requirements));

/** A witness of the policy that cosigned and stated a time: by its key's name, then, seconds since 1970. */
export interface Witnessed {
  readonly name: string;
  readonly timeSeconds: bigint;
}

/** A record's place in a log that the verifier's policy trusts. `extra` is still authenticated by nothing. */
export interface Inclusion {
  readonly index: bigint;
  readonly checkpoint: Checkpoint;
  /** The policy's witnesses that cosigned the checkpoint, first line first. */
  readonly witnesses: readonly Witnessed[];
  readonly extra?: Uint8Array;
}

/**
 * The place of the leaf with `leafHash`, once the proof's checkpoint holds as in {@link verifyCheckpoint} and the leaf is proved to be
 * in it (tlog-proof, Verifying, steps 2 to 4; step 1, computing the leaf hash from the record, is the caller's). Nothing throws.
 */
export function verifyTlogProof(
  proofBytes: Uint8Array,
  policy: Policy,
  leafHash: Uint8Array,
  requirements: readonly Requirement[] = [],
): Inclusion | ProofRefusal {
  return orMalformed(() => {
    const { extra, index, hashes, checkpointNote } = parseTlogProof(proofBytes);
    const believed = checkNote(checkpointNote, policy, requirements);
    if ("refused" in believed) return believed;
    const { checkpoint, witnesses } = believed;
    const { size, root } = checkpoint;
    if (!verifyInclusion({ leafHash, index, size, proof: hashes, root })) {
      return refuse("not-included", "the proof does not lead from this record to the root");
    }
    return { index, checkpoint, witnesses, ...(extra === undefined ? {} : { extra }) };
  });
}

function checkNote(
  noteBytes: Uint8Array,
  policy: Policy,
  requirements: readonly Requirement[],
): Believed | ProofRefusal {
  const opened = openCheckpoint(noteBytes, policyKeys(policy));
  if ("refused" in opened) {
    return opened.refused === "bad-signature"
      ? refuse("bad-signature", `the signature by ${opened.name} does not verify`)
      : refuse("unknown-log", "no log or witness of the trust policy signed this checkpoint");
  }
  const { checkpoint, signatures } = opened;
  const signers = signatures.map(({ key }) => key);
  const byLog = signers.filter((key) => isLogOf(checkpoint.origin, key, policy));
  if (byLog.length === 0) {
    return refuse("unknown-log", "no log of the trust policy that has this origin signed it");
  }
  if (!quorumMet(policy, signers)) {
    return refuse("quorum-not-met", "too few witnesses of the trust policy cosigned it");
  }
  const required = requirementAt(requirements, checkpoint.size)?.signatures;
  const types: readonly string[] = required === undefined ? [] : requirementTypes[required];
  if (!types.every((type) => byLog.some((key) => key.type === type))) {
    return refuse("requirement-not-met", `the log's signatures are not ${required}`);
  }
  if (checkpoint.extensions.length > 0 && !byLog.some(({ type }) => type === "ed25519")) {
    return refuse("unsigned-extensions", "its extension lines are covered by no log signature");
  }
  return { checkpoint, logKeys: byLog, witnesses: witnessesAmong(signatures, policy) };
}

function witnessesAmong(
  signatures: readonly VerifiedSignature[],
  { witnesses }: Policy,
): readonly Witnessed[] {
  return signatures.flatMap(({ key, timeSeconds }) => {
    const known = witnesses.some((witness) => sameKey(witness.key, key));
    return known && timeSeconds !== undefined ? [{ name: key.name, timeSeconds }] : [];
  });
}

const isLogOf = (origin: string, key: VerifierKey, policy: Policy): boolean =>
  key.name === origin && policy.logs.some((log) => log.key === key);
