import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { type KmsKey, keyArn, keySpecs } from "./key.ts";
import type { Keyring } from "./keyring.ts";
import { KmsRefusal } from "./refusal.ts";
import { blob, type KmsRequest, optionalText, refuseMember, requiredText } from "./request.ts";
import { requireUsable } from "./use.ts";

const maxMessageBytes = 4096;

/** GetPublicKey: the DER SubjectPublicKeyInfo of an enabled signing key. */
export async function getPublicKey(keys: Keyring, request: KmsRequest) {
  const key = keys.find(requiredText(request, "KeyId"));
  requireUsable(key, "SIGN_VERIFY", "GetPublicKey");
  const publicKey = createPublicKey(privateKey(key)).export({ format: "der", type: "spki" });
  return {
    KeyId: keyArn(key.id),
    PublicKey: publicKey.toString("base64"),
    CustomerMasterKeySpec: key.spec,
    KeySpec: key.spec,
    KeyUsage: "SIGN_VERIFY",
    SigningAlgorithms: keySpecs[key.spec].algorithms,
  };
}

/** Sign: RAW messages of 1 to 4096 bytes, the only form Ed25519 has in KMS and the only one used of ML-DSA. */
export async function signMessage(keys: Keyring, request: KmsRequest) {
  const message = blob(request, "Message", 1, maxMessageBytes);
  const algorithm = requiredText(request, "SigningAlgorithm");
  const messageType = optionalText(request, "MessageType") ?? "RAW";
  const key = keys.find(requiredText(request, "KeyId"));
  requireUsable(key, "SIGN_VERIFY", "Sign");
  if (!(keySpecs[key.spec].algorithms as readonly string[]).includes(algorithm)) {
    throw new KmsRefusal(
      "InvalidKeyUsageException",
      `Algorithm ${algorithm} is incompatible with key spec ${key.spec}.`,
    );
  }
  if (messageType !== "RAW") refuseMember("MessageType", "Member must be RAW");
  return {
    KeyId: keyArn(key.id),
    Signature: sign(null, message, privateKey(key)).toString("base64"),
    SigningAlgorithm: algorithm,
  };
}

const parsed = new WeakMap<KmsKey, KeyObject>();

function privateKey(key: KmsKey): KeyObject {
  let parsedKey = parsed.get(key);
  if (parsedKey === undefined) {
    const der = Buffer.from(key.material, "base64");
    parsedKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
    parsed.set(key, parsedKey);
  }
  return parsedKey;
}
