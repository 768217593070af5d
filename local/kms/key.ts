import { generateKeyPairSync, randomBytes, randomUUID } from "node:crypto";
import { localAccount, localRegion } from "../../functions/adapters/aws-local.ts";

/** What each kind of key is for, as KMS names it. */
export const keySpecs = {
  ECC_NIST_EDWARDS25519: {
    usage: "SIGN_VERIFY",
    algorithms: ["ED25519_SHA_512"],
    material: () => privateKeyDer("ed25519"),
  },
  ML_DSA_44: {
    usage: "SIGN_VERIFY",
    algorithms: ["ML_DSA_SHAKE_256"],
    material: () => privateKeyDer("ml-dsa-44"),
  },
  SYMMETRIC_DEFAULT: {
    usage: "ENCRYPT_DECRYPT",
    algorithms: ["SYMMETRIC_DEFAULT"],
    material: () => randomBytes(32),
  },
} as const;

export type KeySpec = keyof typeof keySpecs;
export type KeyState = "Enabled" | "Disabled" | "PendingDeletion";

/** A KMS key as it is kept. `material` is base64: PKCS #8 DER of a private key, or 32 bytes. */
export interface KmsKey {
  readonly id: string;
  readonly spec: KeySpec;
  readonly state: KeyState;
  readonly createdMs: number;
  readonly description: string;
  readonly material: string;
}

export const isKeySpec = (name: string): name is KeySpec => Object.hasOwn(keySpecs, name);

/** A new enabled key with fresh material. */
export const newKey = (spec: KeySpec, description: string, createdMs: number): KmsKey => ({
  id: randomUUID(),
  spec,
  state: "Enabled",
  createdMs,
  description,
  material: keySpecs[spec].material().toString("base64"),
});

const arnPrefix = `arn:aws:kms:${localRegion}:${localAccount}:`;

export const keyArn = (id: string): string => `${arnPrefix}key/${id}`;
export const aliasArn = (name: string): string => `${arnPrefix}${name}`;

/** A key id or alias name without the ARN around it, if there is one of this account and region. */
export const withoutArn = (name: string): string =>
  name.startsWith(arnPrefix) ? name.slice(arnPrefix.length).replace(/^key\//, "") : name;

/** The KeyMetadata member of CreateKey's and DescribeKey's answers. */
export function keyMetadata(key: KmsKey) {
  const { usage, algorithms } = keySpecs[key.spec];
  return {
    AWSAccountId: localAccount,
    Arn: keyArn(key.id),
    CreationDate: key.createdMs / 1000,
    CustomerMasterKeySpec: key.spec,
    Description: key.description,
    Enabled: key.state === "Enabled",
    KeyId: key.id,
    KeyManager: "CUSTOMER",
    KeySpec: key.spec,
    KeyState: key.state,
    KeyUsage: usage,
    MultiRegion: false,
    Origin: "AWS_KMS",
    ...(usage === "SIGN_VERIFY"
      ? { SigningAlgorithms: algorithms }
      : { EncryptionAlgorithms: algorithms }),
  };
}

function privateKeyDer(type: "ed25519" | "ml-dsa-44"): Buffer {
  const { privateKey } =
    type === "ed25519" ? generateKeyPairSync("ed25519") : generateKeyPairSync("ml-dsa-44");
  return privateKey.export({ format: "der", type: "pkcs8" });
}
