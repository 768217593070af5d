import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { KmsKey } from "./key.ts";
import { KmsRefusal } from "./refusal.ts";

const formByte = 1;
const idBytes = 16;
const nonceBytes = 12;
const tagBytes = 16;
const headerBytes = 1 + idBytes + nonceBytes;

/**
 * The stub's CiphertextBlob: form byte, key id, nonce, AES-256-GCM ciphertext, tag. Authenticated with it: the form
 * byte, the key id and the encryption context.
 */
export function sealed(key: KmsKey, plain: Uint8Array, context: Buffer): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", Buffer.from(key.material, "base64"), nonce);
  const named = Buffer.concat([
    Buffer.of(formByte),
    Buffer.from(key.id.replaceAll("-", ""), "hex"),
  ]);
  cipher.setAAD(Buffer.concat([named, context]));
  return Buffer.concat([named, nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** The id of the key that made `ciphertext`; InvalidCiphertextException where there is no telling. */
export function sealingKeyId(ciphertext: Buffer): string {
  if (ciphertext.length < headerBytes + tagBytes || ciphertext[0] !== formByte) {
    throw new KmsRefusal("InvalidCiphertextException");
  }
  return ciphertext
    .toString("hex", 1, 1 + idBytes)
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** What {@link sealed} was given; InvalidCiphertextException if key, context or any bit differs. */
export function opened(key: KmsKey, ciphertext: Buffer, context: Buffer): Buffer {
  const decipher = createDecipheriv(
    "aes-256-gcm",
    Buffer.from(key.material, "base64"),
    ciphertext.subarray(1 + idBytes, headerBytes),
    { authTagLength: tagBytes },
  );
  decipher.setAAD(Buffer.concat([ciphertext.subarray(0, 1 + idBytes), context]));
  decipher.setAuthTag(ciphertext.subarray(-tagBytes));
  try {
    return Buffer.concat([
      decipher.update(ciphertext.subarray(headerBytes, -tagBytes)),
      decipher.final(),
    ]);
  } catch {
    throw new KmsRefusal("InvalidCiphertextException");
  }
}
