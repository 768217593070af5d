import { concat, fromBase64, toBase64, toHex, utf8 } from "../base/bytes.ts";
import { Malformed } from "../base/malformed.ts";
import { sha256 } from "../base/sha256.ts";
import { requireKeyName } from "./key-name.ts";

/** Signature types we verify and their identifier bytes (signed-note, Signature types). */
export const signatureType = { ed25519: 0x01, cosignature: 0x04, mldsa44: 0x06 } as const;
export type SignatureType = keyof typeof signatureType;

/** The types a log signs its own checkpoints with. */
export const logKeyTypes = ["ed25519", "mldsa44"] as const satisfies readonly SignatureType[];
export type LogKeyType = (typeof logKeyTypes)[number];

/** Bytes of the raw public key per signature type. */
export const publicKeyBytes = {
  ed25519: 32,
  cosignature: 32,
  mldsa44: 1312,
} as const satisfies Record<SignatureType, number>;

/** A named public key. `id` tells keys of one name apart; it is not a fingerprint to trust a key by. */
export interface VerifierKey {
  readonly name: string;
  readonly id: number;
  readonly type: SignatureType;
  readonly publicKey: Uint8Array;
}

/** The first 4 bytes, big-endian, of SHA-256(name ‖ newline ‖ type ‖ public key) (signed-note, Signatures). */
export function keyId(name: string, type: SignatureType, publicKey: Uint8Array): number {
  const hash = sha256(concat(utf8(`${name}\n`), Uint8Array.of(signatureType[type]), publicKey));
  return new DataView(hash.buffer, hash.byteOffset).getUint32(0);
}

/** The key named `name`; a name that can't stand in a note or a key of another length is Malformed. */
export function verifierKey(
  name: string,
  type: SignatureType,
  publicKey: Uint8Array,
  where = "verifier key",
): VerifierKey {
  requireKeyName(name, where);
  if (publicKey.length !== publicKeyBytes[type]) {
    throw new Malformed(where, `is not a key of ${publicKeyBytes[type]} bytes`);
  }
  return { name, id: keyId(name, type, publicKey), type, publicKey };
}

/** `<name>+<id, 8 hex digits>+<base64 of type byte and public key>` (signed-note, Verifier keys). */
export function formatVerifierKey(key: VerifierKey): string {
  const material = concat(Uint8Array.of(signatureType[key.type]), key.publicKey);
  return `${key.name}+${key.id.toString(16).padStart(8, "0")}+${toBase64(material)}`;
}

/** Reads exactly what {@link formatVerifierKey} writes; an id that is not the key's own is Malformed. */
export function parseVerifierKey(text: string, where = "verifier key"): VerifierKey {
  const match = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text);
  if (!match) throw new Malformed(where, "is not name+id+key");
  const [, name = "", , base64 = ""] = match;
  const material = fromBase64(base64, where);
  const type = typeOf(material[0]);
  if (type === undefined) throw new Malformed(where, "has a signature type we do not verify");
  const key = verifierKey(name, type, material.slice(1), where);
  if (formatVerifierKey(key) !== text)
    throw new Malformed(where, "has an id that is not its key's");
  return key;
}

/** Whether both are the same name, type and public key. */
export const sameKey = (a: VerifierKey, b: VerifierKey): boolean =>
  formatVerifierKey(a) === formatVerifierKey(b);

/** SHA-256 of the public key in hexadecimal: what a person compares. */
export const fingerprint = (key: VerifierKey): string => toHex(sha256(key.publicKey));

function typeOf(byte: number | undefined): SignatureType | undefined {
  for (const type of ["ed25519", "cosignature", "mldsa44"] as const) {
    if (signatureType[type] === byte) return type;
  }
  return undefined;
}
