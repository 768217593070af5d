import { GetPublicKeyCommand, SignCommand } from "@aws-sdk/client-kms";
import { equal, fromHex } from "../../../shared/base/bytes.ts";
import { assert, Malformed } from "../../../shared/base/malformed.ts";
import { verifyEd25519 } from "../../../shared/log/ed25519.ts";
import { type LogKeyType, publicKeyBytes } from "../../../shared/log/key.ts";
import { mlDsa44Bytes, verifyMlDsa44 } from "../../../shared/log/ml-dsa.ts";
import type { CheckpointKey } from "../../../shared/ports/keys.ts";
import { translated } from "../aws-error.ts";
import type { Kms } from "./open.ts";

/** What the role that calls this adapter must be allowed. */
export const needs = [
  { action: "kms:GetPublicKey", resource: "signing key" },
  { action: "kms:Sign", resource: "signing key" },
] as const;

const maxRawBytes = 4096;

/** How KMS names and encodes each type of key; `spki` is all of its DER but the key itself (RFC 8410 §4, RFC 9881 §4). */
const forms = {
  ed25519: {
    algorithm: "ED25519_SHA_512",
    spki: fromHex("302a300506032b6570032100"),
    signatureBytes: 64,
    verify: verifyEd25519,
  },
  mldsa44: {
    algorithm: "ML_DSA_SHAKE_256",
    spki: fromHex("30820532300b06096086480165030403110382052100"),
    signatureBytes: mlDsa44Bytes.signature,
    verify: verifyMlDsa44,
  },
} as const satisfies Record<LogKeyType, object>;

/**
 * The KMS key `keyId` (id, ARN or alias) of `type` as a checkpoint key. The public key is asked for once. Every
 * signature is verified before it is given out, by what its readers verify with, for a signed note is kept for good.
 */
export function kmsCheckpointKey(client: Kms, keyId: string, type: LogKeyType): CheckpointKey {
  let known: Promise<Uint8Array> | undefined;
  const publicKey = (): Promise<Uint8Array> => {
    known ??= fetchPublicKey(client, keyId, type).catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };
  return {
    type,
    publicKey: async () => (await publicKey()).slice(),
    async sign(message) {
      assert(message.length >= 1 && message.length <= maxRawBytes, "KMS signs 1 to 4096 bytes");
      const [raw, signature] = await Promise.all([publicKey(), sign(client, keyId, type, message)]);
      const verified = forms[type].verify(raw, message, signature);
      assert(verified, "KMS signs with the key it publishes");
      return signature;
    },
  };
}

async function sign(
  client: Kms,
  keyId: string,
  type: LogKeyType,
  message: Uint8Array,
): Promise<Uint8Array> {
  const { algorithm, signatureBytes } = forms[type];
  const answer = await translated("kms", () =>
    client.send(
      new SignCommand({
        KeyId: keyId,
        Message: message,
        MessageType: "RAW",
        SigningAlgorithm: algorithm,
      }),
    ),
  );
  assert(answer.Signature?.length === signatureBytes, "a signature has its type's length");
  return Uint8Array.from(answer.Signature);
}

async function fetchPublicKey(client: Kms, keyId: string, type: LogKeyType): Promise<Uint8Array> {
  const answer = await translated("kms", () =>
    client.send(new GetPublicKeyCommand({ KeyId: keyId })),
  );
  return unwrapPublicKey(type, answer.PublicKey ?? new Uint8Array());
}

/** The raw key in a DER SubjectPublicKeyInfo of `type`, of which there is one encoding; any other bytes are Malformed. */
export function unwrapPublicKey(type: LogKeyType, der: Uint8Array): Uint8Array {
  const { spki } = forms[type];
  const length = spki.length + publicKeyBytes[type];
  if (der.length !== length || !equal(der.subarray(0, spki.length), spki)) {
    throw new Malformed("public key", `is not the SubjectPublicKeyInfo of an ${type} key`);
  }
  return der.slice(spki.length);
}
