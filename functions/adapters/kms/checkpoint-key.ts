import { SignCommand } from "@aws-sdk/client-kms";
import { assert } from "../../../shared/base/malformed.ts";
import { verifyEd25519 } from "../../../shared/log/ed25519.ts";
import type { LogKeyType } from "../../../shared/log/key.ts";
import { mlDsa44Bytes, verifyMlDsa44 } from "../../../shared/log/ml-dsa.ts";
import type { CheckpointKey } from "../../../shared/ports/keys.ts";
import { translated } from "../aws-error.ts";
import type { Kms } from "./open.ts";
import { kmsPublicKey } from "./public-key.ts";

/** What the role that calls this adapter must be allowed. */
export const needs = [{ action: "kms:Sign", resource: "signing key" }] as const;

const maxRawBytes = 4096;

/** How KMS signs with each type of key. */
const forms = {
  ed25519: {
    algorithm: "ED25519_SHA_512",
    signatureBytes: 64,
    verify: verifyEd25519,
  },
  mldsa44: {
    algorithm: "ML_DSA_SHAKE_256",
    signatureBytes: mlDsa44Bytes.signature,
    verify: verifyMlDsa44,
  },
} as const satisfies Record<LogKeyType, object>;

/**
 * The KMS key `keyId` (id, ARN or alias) of `type` as a checkpoint key. Every
 * signature is verified before it is given out, by what its readers verify with, for a signed note is kept for good.
 */
export function kmsCheckpointKey(client: Kms, keyId: string, type: LogKeyType): CheckpointKey {
  const key = kmsPublicKey(client, keyId, type);
  return {
    ...key,
    async sign(message) {
      assert(message.length >= 1 && message.length <= maxRawBytes, "KMS signs 1 to 4096 bytes");
      const [raw, signature] = await Promise.all([
        key.publicKey(),
        sign(client, keyId, type, message),
      ]);
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
