import {
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  type KeySpec,
  type KMSClient,
} from "@aws-sdk/client-kms";
import { awsErrorName } from "../../functions/adapters/aws-error.ts";
import type { LogKeyType } from "../../shared/log/key.ts";

/** The alias of a generation's signing key. */
export const signingAlias = (type: LogKeyType, generation: number): string =>
  `alias/countersign-${type}-${generation}`;

/** The alias of the master key of data keys. */
export const dataAlias = "alias/countersign-data";

/** Makes the key behind `alias` unless it is there already. */
export async function ensureKey(client: KMSClient, alias: string, spec: KeySpec): Promise<void> {
  try {
    await client.send(new DescribeKeyCommand({ KeyId: alias }));
  } catch (error) {
    if (awsErrorName(error) !== "NotFoundException") throw error;
    const KeyUsage = spec === "SYMMETRIC_DEFAULT" ? "ENCRYPT_DECRYPT" : "SIGN_VERIFY";
    const { KeyMetadata } = await client.send(new CreateKeyCommand({ KeySpec: spec, KeyUsage }));
    const TargetKeyId = KeyMetadata?.KeyId ?? "";
    await client.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId }));
  }
}
