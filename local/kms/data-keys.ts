import { randomBytes } from "node:crypto";
import { keyArn } from "./key.ts";
import type { Keyring } from "./keyring.ts";
import { KmsRefusal } from "./refusal.ts";
import {
  blob,
  encryptionContext,
  type KmsRequest,
  optionalInteger,
  optionalText,
  refuseMember,
  requiredText,
} from "./request.ts";
import { opened, sealed, sealingKeyId } from "./sealing.ts";
import { requireUsable } from "./use.ts";

/** GenerateDataKey: random bytes, plain and sealed under the key, bound to the encryption context. */
export async function generateDataKey(keys: Keyring, request: KmsRequest) {
  const length = dataKeyBytes(request);
  const context = encryptionContext(request);
  const key = keys.find(requiredText(request, "KeyId"));
  requireUsable(key, "ENCRYPT_DECRYPT", "GenerateDataKey");
  const plain = randomBytes(length);
  return {
    CiphertextBlob: sealed(key, plain, context).toString("base64"),
    KeyId: keyArn(key.id),
    Plaintext: plain.toString("base64"),
  };
}

/** Decrypt: KeyId may be absent, for the ciphertext names its key; if present it must name that key. */
export async function decrypt(keys: Keyring, request: KmsRequest) {
  const ciphertext = blob(request, "CiphertextBlob", 1, 6144);
  const context = encryptionContext(request);
  const sealer = sealingKeyId(ciphertext);
  const named = optionalText(request, "KeyId");
  const key = named === undefined ? sealerOf(keys, sealer) : keys.find(named);
  requireUsable(key, "ENCRYPT_DECRYPT", "Decrypt");
  if (key.id !== sealer) {
    throw new KmsRefusal(
      "IncorrectKeyException",
      "The key ID in the request does not identify a CMK that can perform this operation.",
    );
  }
  return {
    EncryptionAlgorithm: "SYMMETRIC_DEFAULT",
    KeyId: keyArn(key.id),
    Plaintext: opened(key, ciphertext, context).toString("base64"),
  };
}

function sealerOf(keys: Keyring, id: string) {
  try {
    return keys.find(id);
  } catch (error) {
    throw error instanceof KmsRefusal ? new KmsRefusal("InvalidCiphertextException") : error;
  }
}

const specBytes: Readonly<Record<string, number>> = { AES_128: 16, AES_256: 32 };

function dataKeyBytes(request: KmsRequest): number {
  const spec = optionalText(request, "KeySpec");
  const bytes = optionalInteger(request, "NumberOfBytes");
  if ((spec === undefined) === (bytes === undefined)) {
    const message = "Please specify either number of bytes or key spec.";
    throw new KmsRefusal("ValidationException", message);
  }
  const length = bytes ?? specBytes[spec ?? ""];
  if (length === undefined) {
    refuseMember("KeySpec", "Member must satisfy enum value set: [AES_256, AES_128]");
  }
  if (length < 1 || length > 1024) {
    refuseMember("NumberOfBytes", "Member must be between 1 and 1024, inclusive");
  }
  return length;
}
