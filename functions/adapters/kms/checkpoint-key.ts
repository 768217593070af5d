import { createPublicKey, verify } from "node:crypto";
import { GetPublicKeyCommand, type KMSClient, SignCommand } from "@aws-sdk/client-kms";
import { concat, equal, fromHex } from "../../../shared/base/bytes.ts";
import { assert, Malformed } from "../../../shared/base/malformed.ts";
import type { CheckpointKey } from "../../../shared/ports/keys.ts";
import { translated } from "../aws-error.ts";

/** What the role that calls this adapter must be allowed. */
export const needs = [
  { action: "kms:GetPublicKey", resource: "signing key" },
  { action: "kms:Sign", resource: "signing key" },
] as const;

const maxRawBytes = 4096;

/**
 * The Ed25519 KMS key `keyId` (id, ARN or alias) as a checkpoint key. The public key is asked for once. Every
 * signature is verified before it is given out, for a signed note is kept for good.
 */
export function kmsCheckpointKey(client: KMSClient, keyId: string): CheckpointKey {
  let known: Promise<Uint8Array> | undefined;
  const publicKey = (): Promise<Uint8Array> => {
    known ??= fetchPublicKey(client, keyId).catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };
  return {
    publicKey: async () => (await publicKey()).slice(),
    async sign(message) {
      assert(message.length >= 1 && message.length <= maxRawBytes, "KMS signs 1 to 4096 bytes");
      const [raw, signature] = await Promise.all([publicKey(), sign(client, keyId, message)]);
      const verifier = createPublicKey({
        key: Buffer.from(concat(spkiPrefix, raw)),
        format: "der",
        type: "spki",
      });
      assert(verify(null, message, verifier, signature), "KMS signs with the key it publishes");
      return signature;
    },
  };
}

async function sign(client: KMSClient, keyId: string, message: Uint8Array): Promise<Uint8Array> {
  const answer = await translated("kms", () =>
    client.send(
      new SignCommand({
        KeyId: keyId,
        Message: message,
        MessageType: "RAW",
        SigningAlgorithm: "ED25519_SHA_512",
      }),
    ),
  );
  assert(answer.Signature?.length === 64, "an Ed25519 signature has 64 bytes");
  return Uint8Array.from(answer.Signature);
}

async function fetchPublicKey(client: KMSClient, keyId: string): Promise<Uint8Array> {
  const answer = await translated("kms", () =>
    client.send(new GetPublicKeyCommand({ KeyId: keyId })),
  );
  return unwrapEd25519(answer.PublicKey ?? new Uint8Array());
}

/** RFC 8410 §4: SEQUENCE { SEQUENCE { OID 1.3.101.112 }, BIT STRING of 32 bytes }, the only DER there is for it. */
const spkiPrefix = fromHex("302a300506032b6570032100");

/** The 32-byte key in a DER SubjectPublicKeyInfo of Ed25519; any other bytes are Malformed. */
export function unwrapEd25519(spki: Uint8Array): Uint8Array {
  const length = spkiPrefix.length + 32;
  if (spki.length !== length || !equal(spki.subarray(0, spkiPrefix.length), spkiPrefix)) {
    throw new Malformed("public key", "is not an Ed25519 SubjectPublicKeyInfo");
  }
  return spki.slice(spkiPrefix.length);
}
