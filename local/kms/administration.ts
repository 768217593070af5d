import { isKeySpec, type KeyState, keyArn, keyMetadata, keySpecs, newKey } from "./key.ts";
import type { Keyring } from "./keyring.ts";
import { KmsRefusal } from "./refusal.ts";
import { type KmsRequest, optionalInteger, optionalText, requiredText } from "./request.ts";

const dayMs = 86_400_000;

/** CreateKey: the three key specs of {@link keySpecs}, others are UnsupportedOperationException. */
export async function createKey(keys: Keyring, request: KmsRequest) {
  const spec = optionalText(request, "KeySpec") ?? "SYMMETRIC_DEFAULT";
  if (!isKeySpec(spec)) {
    throw new KmsRefusal("UnsupportedOperationException", `KeySpec ${spec} is not supported.`);
  }
  const usage = optionalText(request, "KeyUsage") ?? "ENCRYPT_DECRYPT";
  if (usage !== keySpecs[spec].usage) {
    throw new KmsRefusal(
      "ValidationException",
      `KeyUsage ${usage} is not compatible with KeySpec ${spec}`,
    );
  }
  const key = newKey(spec, optionalText(request, "Description") ?? "", Date.now());
  await keys.put(key);
  return { KeyMetadata: keyMetadata(key) };
}

/** CreateAlias: a name of the form `alias/…`, not `alias/aws/…`, for a key given by id or ARN. */
export async function createAlias(keys: Keyring, request: KmsRequest) {
  const alias = requiredText(request, "AliasName");
  const target = requiredText(request, "TargetKeyId");
  if (!/^alias\/[A-Za-z0-9/_-]{1,250}$/.test(alias) || alias.startsWith("alias/aws/")) {
    throw new KmsRefusal("InvalidAliasNameException", "Alias must start with the prefix 'alias/'.");
  }
  if (target.includes("alias/")) {
    throw new KmsRefusal("ValidationException", "Aliases must refer to keys. Not aliases");
  }
  await keys.name(alias, keys.find(target).id);
  return undefined;
}

/** DescribeKey: works in every key state. */
export async function describeKey(keys: Keyring, request: KmsRequest) {
  return { KeyMetadata: keyMetadata(keys.find(requiredText(request, "KeyId"))) };
}

/** EnableKey and DisableKey. */
export function setState(state: KeyState) {
  return async (keys: Keyring, request: KmsRequest) => {
    const key = keys.find(requiredText(request, "KeyId"));
    if (key.state === "PendingDeletion") {
      throw new KmsRefusal("KMSInvalidStateException", `${keyArn(key.id)} is pending deletion.`);
    }
    await keys.put({ ...key, state });
    return undefined;
  };
}

/** ScheduleKeyDeletion: the key is unusable at once; the stub never erases it. */
export async function scheduleKeyDeletion(keys: Keyring, request: KmsRequest) {
  const key = keys.find(requiredText(request, "KeyId"));
  const days = optionalInteger(request, "PendingWindowInDays") ?? 30;
  if (key.state === "PendingDeletion") {
    throw new KmsRefusal("KMSInvalidStateException", `${keyArn(key.id)} is pending deletion.`);
  }
  if (days < 7 || days > 30) {
    throw new KmsRefusal("ValidationException", "PendingWindowInDays must be between 7 and 30");
  }
  await keys.put({ ...key, state: "PendingDeletion" });
  return {
    DeletionDate: (Date.now() + days * dayMs) / 1000,
    KeyId: keyArn(key.id),
    KeyState: "PendingDeletion",
    PendingWindowInDays: days,
  };
}
