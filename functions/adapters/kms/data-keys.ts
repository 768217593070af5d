import { DecryptCommand, GenerateDataKeyCommand } from "@aws-sdk/client-kms";
import { assert, Malformed } from "../../../shared/base/malformed.ts";
import type { DataKeyContext, DataKeyService } from "../../../shared/ports/keys.ts";
import { awsErrorName, translated } from "../aws-error.ts";
import type { Kms } from "./open.ts";

/** What the role that calls this adapter must be allowed. */
export const needs = [
  { action: "kms:GenerateDataKey", resource: "data master key" },
  { action: "kms:Decrypt", resource: "data master key" },
] as const;

/**
 * AES-256 data keys under the symmetric KMS key `keyId`, with the context as KMS's EncryptionContext (which its audit
 * log shows in the clear: handles only). A wrapped key that was altered, or made for another context or under
 * another master key, is Malformed.
 */
export function kmsDataKeys(client: Kms, keyId: string): DataKeyService {
  return {
    async generate(context) {
      const answer = await translated("kms", () =>
        client.send(
          new GenerateDataKeyCommand({
            KeyId: keyId,
            KeySpec: "AES_256",
            EncryptionContext: encryptionContext(context),
          }),
        ),
      );
      assert(answer.CiphertextBlob !== undefined, "KMS gives the wrapped key with the plain one");
      return { plain: dataKey(answer.Plaintext), wrapped: Uint8Array.from(answer.CiphertextBlob) };
    },
    async unwrap(wrapped, context) {
      const answer = await translated("kms", () =>
        client.send(
          new DecryptCommand({
            KeyId: keyId,
            CiphertextBlob: wrapped,
            EncryptionContext: encryptionContext(context),
          }),
        ),
      ).catch(refuseForeign);
      return dataKey(answer.Plaintext);
    },
  };
}

const encryptionContext = ({ insurer, person, class: kind }: DataKeyContext) => ({
  insurer,
  person,
  class: kind,
});

function dataKey(plain: Uint8Array | undefined): Uint8Array {
  assert(plain?.length === 32, "an AES-256 data key has 32 bytes");
  return Uint8Array.from(plain);
}

const foreign = new Set(["InvalidCiphertextException", "IncorrectKeyException"]);

function refuseForeign(error: unknown): never {
  if (!foreign.has(awsErrorName(error) ?? "")) throw error;
  throw new Malformed("wrapped key", "is not a data key of this person and class");
}
