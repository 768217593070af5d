import { CreateKeyCommand, type KeySpec, type KMSClient } from "@aws-sdk/client-kms";
import { kmsCheckpointKey } from "../../functions/adapters/kms/checkpoint-key.ts";
import type { CheckpointKey } from "../../shared/ports/keys.ts";

/** A fresh symmetric key of the stub. */
export async function createDataKey(client: KMSClient): Promise<{ keyId: string }> {
  const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
  return { keyId: KeyMetadata?.KeyId ?? "" };
}

/** A fresh pair of checkpoint keys of the stub. */
export async function createCheckpointKeys(client: KMSClient): Promise<readonly CheckpointKey[]> {
  const create = async (KeySpec: KeySpec): Promise<string> => {
    const made = await client.send(new CreateKeyCommand({ KeySpec, KeyUsage: "SIGN_VERIFY" }));
    return made.KeyMetadata?.KeyId ?? "";
  };
  return [
    kmsCheckpointKey(client, await create("ECC_NIST_EDWARDS25519"), "ed25519"),
    kmsCheckpointKey(client, await create("ML_DSA_44"), "mldsa44"),
  ];
}
