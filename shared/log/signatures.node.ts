import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { ed25519 } from "@noble/curves/ed25519.js";
import * as portable from "./signatures.portable.ts";

type Holds = typeof portable.ed25519Holds;

/** What stands before a public key in its SubjectPublicKeyInfo (RFC 8410 §4; RFC 9881 §4). */
const ed25519Prefix = "302a300506032b6570032100";
const mlDsa44Prefix = "30820532300b06096086480165030403110382052100";

/**
 * A signature that node:crypto accepts holds, five to ten times sooner (measured); what it refuses, or a key it is not asked about, the portable
 * reading decides. So both readings accept the same: node:crypto's equation, without cofactor, is the narrower one.
 */
function nodeFirst(keyOf: (publicKey: Uint8Array) => KeyObject | undefined, slow: Holds): Holds {
  const keys = new Map<string, KeyObject | undefined>();
  const known = (publicKey: Uint8Array): KeyObject | undefined => {
    const name = Buffer.from(publicKey).toString("latin1");
    if (keys.has(name)) return keys.get(name);
    const key = keyOf(publicKey);
    if (keys.size === mostKeys) keys.clear();
    keys.set(name, key);
    return key;
  };
  return (publicKey, message, signature) => {
    const key = known(publicKey);
    return (
      (key !== undefined && verify(null, message, key, signature)) ||
      slow(publicKey, message, signature)
    );
  };
}

const mostKeys = 256;

/** The key for node:crypto; undefined for one that it can't read: ML-DSA came with Node 24. */
function importKey(prefix: string, publicKey: Uint8Array): KeyObject | undefined {
  const key = Buffer.concat([Buffer.from(prefix, "hex"), publicKey]);
  try {
    return createPublicKey({ key, format: "der", type: "spki" });
  } catch {
    return undefined;
  }
}

/** node:crypto takes non-canonical keys and those of small order; the portable reading refuses them. */
function isStrict(publicKey: Uint8Array): boolean {
  try {
    return !ed25519.Point.fromBytes(publicKey, false).isSmallOrder();
  } catch {
    return false;
  }
}

/** As the portable one of this name. */
export const ed25519Holds: Holds = nodeFirst(
  (publicKey) => (isStrict(publicKey) ? importKey(ed25519Prefix, publicKey) : undefined),
  portable.ed25519Holds,
);

/** As the portable one of this name. */
export const mlDsa44Holds: Holds = nodeFirst(
  (publicKey) => importKey(mlDsa44Prefix, publicKey),
  portable.mlDsa44Holds,
);
