import { ed25519 } from "@noble/curves/ed25519.js";
import { ml_dsa44 } from "@noble/post-quantum/ml-dsa.js";

/** Whether an Ed25519 signature holds, as ed25519.ts says; lengths are right. */
export const ed25519Holds = (
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean => ed25519.verify(signature, message, publicKey, { zip215: false });

/** Whether an ML-DSA-44 signature holds, as ml-dsa.ts says; lengths are right. */
export const mlDsa44Holds = (
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean => ml_dsa44.verify(signature, message, publicKey);
