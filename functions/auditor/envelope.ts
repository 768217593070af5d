import {
  CompactEncrypt,
  calculateJwkThumbprint,
  compactDecrypt,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from "jose";
import { fromUtf8, utf8 } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";

/** How openings are closed for an auditor (RFC 7516, 7518 §4.6): ECDH-ES on P-256 wraps an AES-256-GCM key of each file's own. */
const wrapping = "ECDH-ES+A256KW";
const content = "A256GCM";
const curve = "P-256";

/** What the name of a closed file ends in. */
export const closedEnding = ".jwe";

/** An auditor's new key pair; the key id is the RFC 7638 thumbprint. */
export async function newAuditorKey(): Promise<{ readonly private: JWK; readonly public: JWK }> {
  const pair = await generateKeyPair(wrapping, { crv: curve, extractable: true });
  const open = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(open);
  const more = { alg: wrapping, kid, use: "enc" };
  return {
    private: { ...(await exportJWK(pair.privateKey)), ...more },
    public: { ...open, ...more },
  };
}

/** The JSON Web Key in a file, private or public as asked; anything else is Malformed, and so is a private key where the public one is meant. */
export function parseKey(bytes: Uint8Array, kind: "private" | "public"): JWK {
  let key: JWK;
  try {
    key = JSON.parse(fromUtf8(bytes, "key")) as JWK;
  } catch (error) {
    if (error instanceof Malformed) throw error;
    throw new Malformed("key", "is not JSON");
  }
  if (key?.kty !== "EC" || key.crv !== curve || typeof key.kid !== "string") {
    throw new Malformed("key", `is no ${curve} key with an id, as "audit key" makes them`);
  }
  if ((key.d !== undefined) === (kind === "private")) return key;
  throw new Malformed(
    "key",
    kind === "private"
      ? "is the public half"
      : "is private: its owner keeps it, use the public half",
  );
}

/** Closes one file's bytes for the holder of the private half of `key`: one compact JWE. */
export async function closeFor(key: JWK, bytes: Uint8Array): Promise<Uint8Array> {
  const header = { alg: wrapping, enc: content, kid: key.kid ?? "" };
  const jwe = new CompactEncrypt(bytes).setProtectedHeader(header);
  return utf8(await jwe.encrypt(await importJWK(key, wrapping)));
}

/**
 * The bytes that {@link closeFor} closed; Malformed where they are for another key, or one of them is another. Every error of the decryption
 * is the file's fault: a changed `epk` makes WebCrypto throw a TypeError or DOMException, which no JOSEError is.
 */
export async function openWith(key: JWK, closed: Uint8Array): Promise<Uint8Array> {
  const secret = await importJWK(key, wrapping);
  requireOneSpelling(closed);
  try {
    const { plaintext } = await compactDecrypt(closed, secret, {
      keyManagementAlgorithms: [wrapping],
      contentEncryptionAlgorithms: [content],
    });
    return plaintext;
  } catch {
    throw new Malformed("openings", "do not open with this key");
  }
}

/** Decoders drop the unused bits of a part's last character: without this they could be anything. */
function requireOneSpelling(closed: Uint8Array): void {
  for (const part of Buffer.from(closed).toString("latin1").split(".")) {
    if (Buffer.from(part, "base64url").toString("base64url") !== part) {
      throw new Malformed("openings", "are not base64url in its one spelling");
    }
  }
}
