import { maxDecimal } from "../../shared/log/decimal.ts";
import { formatAddCheckpoint, maxWitnessProofHashes } from "../../shared/log/witness.ts";
import { ed25519Signer, repeatableMlDsa44Signer, signCheckpoint } from "./signers.ts";

/** The longest origin a deployment has: a prefix of 180 characters, `/`, an insurer's id of 63. */
export const longestOrigin = `${"p".repeat(176)}.com/${"i".repeat(63)}`;
const hash = new Uint8Array(32).fill(255);

/** The Ed25519 key of the first pair that signs the log of the longest origin. */
export const firstKey = ed25519Signer(longestOrigin, 1).key;

/** The longest add-checkpoint request a log of ours can make: the longest proof, sizes and origin, and the signatures of two `pairs` of keys. */
export const largestRequest = (pairs = 2): Uint8Array =>
  formatAddCheckpoint({
    oldSize: maxDecimal - 1n,
    proof: new Array<Uint8Array>(maxWitnessProofHashes).fill(hash),
    note: signCheckpoint(
      { origin: longestOrigin, size: maxDecimal, root: hash, extensions: [] },
      Array.from({ length: pairs }, (_, at) => at + 1).flatMap((seed) => [
        ed25519Signer(longestOrigin, seed),
        repeatableMlDsa44Signer(longestOrigin, seed),
      ]),
    ),
  });
