import { type KmsKey, keyArn, keySpecs } from "./key.ts";
import { KmsRefusal } from "./refusal.ts";

/** Refuses `key` for `operation` unless it is enabled and of `usage`: the state is looked at first, as KMS does. */
export function requireUsable(
  key: KmsKey,
  usage: "SIGN_VERIFY" | "ENCRYPT_DECRYPT",
  operation: string,
): void {
  requireEnabled(key);
  if (keySpecs[key.spec].usage === usage) return;
  throw new KmsRefusal(
    "InvalidKeyUsageException",
    `${keyArn(key.id)} key usage is ${keySpecs[key.spec].usage} which is not valid for ${operation}.`,
  );
}

function requireEnabled(key: KmsKey): void {
  if (key.state === "Disabled") {
    throw new KmsRefusal("DisabledException", `${keyArn(key.id)} is disabled.`);
  }
  if (key.state === "PendingDeletion") {
    throw new KmsRefusal("KMSInvalidStateException", `${keyArn(key.id)} is pending deletion.`);
  }
}
