import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { toHex } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { sha256 } from "../../shared/base/sha256.ts";
import { cosignatureMessage, formatTimestamped } from "../../shared/log/cosignature.ts";
import { type VerifierKey, verifierKey } from "../../shared/log/key.ts";
import type { NoteSignature } from "../../shared/log/note.ts";
import { writeWhole } from "../objects/durable.ts";

/** Signs cosignature/v1 lines (tlog-cosignature, type 0x04) with a key that stays in this process. */
export interface Cosigner {
  readonly key: VerifierKey;
  /** The line that says: at `timeSeconds` this was the largest consistent tree of its log. */
  cosign(noteText: string, timeSeconds: bigint): NoteSignature;
}

const publicKeyBytes = 32;

/**
 * The witness key in `folder`, made on first use under `name` (default: a name of the key's own), which it keeps: a trust policy names both.
 * The file is 0600 and durable before the key is used. Malformed if it is damaged, or if `name` is another than the kept one.
 */
export function witnessKey(folder: string, name: string | undefined): Cosigner {
  const path = join(folder, "witness-key.json");
  if (!existsSync(path)) makeKey(path, name);
  const kept = readKey(path);
  if (name !== undefined && name !== kept.name) {
    throw new Malformed(path, `is the key of ${kept.name}: a witness keeps its name`);
  }
  const key = verifierKey(kept.name, "cosignature", rawPublic(kept.secret));
  return {
    key,
    cosign: (noteText, timeSeconds) => {
      const signature = sign(null, cosignatureMessage(timeSeconds, noteText), kept.secret);
      const payload = formatTimestamped({ timeSeconds, signature: new Uint8Array(signature) });
      return { name: key.name, keyId: key.id, signature: payload };
    },
  };
}

function makeKey(path: string, name: string | undefined): void {
  const { privateKey } = generateKeyPairSync("ed25519");
  const raw = rawPublic(privateKey);
  const own = name ?? `witness.example/${toHex(sha256(raw)).slice(0, 8)}`;
  verifierKey(own, "cosignature", raw, "witness name");
  const pkcs8 = privateKey.export({ type: "pkcs8", format: "der" }).toString("base64");
  writeWhole(path, Buffer.from(`${JSON.stringify({ name: own, pkcs8 })}\n`), 0o600);
}

function readKey(path: string): { name: string; secret: KeyObject } {
  try {
    const { name, pkcs8 } = JSON.parse(readFileSync(path, "utf8"));
    const key = Buffer.from(String(pkcs8), "base64");
    const secret = createPrivateKey({ key, format: "der", type: "pkcs8" });
    if (typeof name === "string" && secret.asymmetricKeyType === "ed25519") return { name, secret };
  } catch (error) {
    if (isSystemError(error)) throw error;
  }
  throw new Malformed(path, "is damaged: a witness without its key is another witness");
}

/** The disk failed, as opposed to bytes that are no key. */
const isSystemError = (error: unknown): boolean => error instanceof Error && "syscall" in error;

const rawPublic = (secret: KeyObject): Uint8Array =>
  new Uint8Array(
    createPublicKey(secret).export({ format: "der", type: "spki" }).subarray(-publicKeyBytes),
  );
