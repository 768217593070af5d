import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from "node:crypto";
import { concat } from "../../../shared/base/bytes.ts";
import { Malformed } from "../../../shared/base/malformed.ts";
import type { PartCipher } from "../../../shared/ports/cipher.ts";

/** Keys as OpenSSL holds them: making one costs more than using it (measured), and callers keep theirs. */
const keyObjects = new WeakMap<Uint8Array, KeyObject>();

function keyObject(key: Uint8Array): KeyObject {
  const made = keyObjects.get(key) ?? createSecretKey(key);
  keyObjects.set(key, made);
  return made;
}

const nonceBytes = 12;
const tagBytes = 16;

/** AES-256-GCM (NIST SP 800-38D) by node:crypto. */
export const partCipher: PartCipher = { encrypt, decrypt };

function encrypt(
  key: Uint8Array,
  nonce: Uint8Array,
  context: Uint8Array,
  plain: Uint8Array,
): Uint8Array {
  const cipher = createCipheriv("aes-256-gcm", keyObject(key), nonce).setAAD(context);
  return concat(nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag());
}

function decrypt(key: Uint8Array, context: Uint8Array, sealed: Uint8Array): Uint8Array {
  if (sealed.length < nonceBytes + tagBytes) throw new Malformed("part", "is too short");
  const body = sealed.subarray(nonceBytes, sealed.length - tagBytes);
  const decipher = createDecipheriv("aes-256-gcm", keyObject(key), sealed.subarray(0, nonceBytes))
    .setAAD(context)
    .setAuthTag(sealed.subarray(sealed.length - tagBytes));
  try {
    return concat(decipher.update(body), decipher.final());
  } catch {
    throw new Malformed("part", "does not open: another key, place or content");
  }
}
