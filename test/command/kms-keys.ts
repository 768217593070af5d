import { CreateKeyCommand, type KMSClient } from "@aws-sdk/client-kms";

/** A fresh symmetric key of the stub. */
export async function createDataKey(client: KMSClient): Promise<{ keyId: string }> {
  const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
  return { keyId: KeyMetadata?.KeyId ?? "" };
}

/** A fresh Ed25519 signing key of the stub. */
export async function createSigningKey(client: KMSClient): Promise<{ keyId: string }> {
  const { KeyMetadata } = await client.send(
    new CreateKeyCommand({ KeySpec: "ECC_NIST_EDWARDS25519", KeyUsage: "SIGN_VERIFY" }),
  );
  return { keyId: KeyMetadata?.KeyId ?? "" };
}
