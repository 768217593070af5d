import { GetPublicKeyCommand } from "@aws-sdk/client-kms";
import { equal, fromHex } from "../../../shared/base/bytes.ts";
import { Malformed } from "../../../shared/base/malformed.ts";
import { type LogKeyType, publicKeyBytes } from "../../../shared/log/key.ts";
import type { PublicKey } from "../../../shared/ports/keys.ts";
import { translated } from "../aws-error.ts";
import type { Kms } from "./open.ts";

/** What the role that calls this adapter must be allowed. */
export const needs = [{ action: "kms:GetPublicKey", resource: "signing key" }] as const;

/** All of a key's DER but the key itself (RFC 8410 §4, RFC 9881 §4). */
const spkis = {
  ed25519: fromHex("302a300506032b6570032100"),
  mldsa44: fromHex("30820532300b06096086480165030403110382052100"),
} as const satisfies Record<LogKeyType, Uint8Array>;

/** The public key of the KMS key `keyId` (id, ARN or alias) of `type`, asked for once. */
export function kmsPublicKey(client: Kms, keyId: string, type: LogKeyType): PublicKey {
  let known: Promise<Uint8Array> | undefined;
  const publicKey = (): Promise<Uint8Array> => {
    known ??= fetchPublicKey(client, keyId, type).catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };
  return { type, publicKey: async () => (await publicKey()).slice() };
}

async function fetchPublicKey(client: Kms, keyId: string, type: LogKeyType): Promise<Uint8Array> {
  const answer = await translated("kms", () =>
    client.send(new GetPublicKeyCommand({ KeyId: keyId })),
  );
  return unwrapPublicKey(type, answer.PublicKey ?? new Uint8Array());
}

/** The raw key in a DER SubjectPublicKeyInfo of `type`, of which there is one encoding; any other bytes are Malformed. */
export function unwrapPublicKey(type: LogKeyType, der: Uint8Array): Uint8Array {
  const spki = spkis[type];
  const length = spki.length + publicKeyBytes[type];
  if (der.length !== length || !equal(der.subarray(0, spki.length), spki)) {
    throw new Malformed("public key", `is not the SubjectPublicKeyInfo of an ${type} key`);
  }
  return der.slice(spki.length);
}
