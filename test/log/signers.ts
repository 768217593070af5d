import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from "node:crypto";
import { ml_dsa44 } from "@noble/post-quantum/ml-dsa.js";
import { utf8 } from "../../shared/base/bytes.ts";
import { type Checkpoint, formatCheckpoint } from "../../shared/log/checkpoint.ts";
import {
  cosignatureMessage,
  cosignedMessage,
  formatTimestamped,
} from "../../shared/log/cosignature.ts";
import { type VerifierKey, verifierKey } from "../../shared/log/key.ts";
import { formatNote, type NoteSignature } from "../../shared/log/note.ts";
import type { CheckpointKey } from "../../shared/ports/keys.ts";

/** A key pair of node:crypto, so that no signature here comes from the code that verifies it. */
export interface TestSigner {
  readonly key: VerifierKey;
  /** The bare signature over a message, as KMS would give it. */
  raw(message: Uint8Array): Uint8Array;
  sign(text: string, checkpoint?: Checkpoint): NoteSignature;
}

const cosignedAt = 1_700_000_000n;
const ed25519Prefix = Buffer.from("302e020100300506032b657004220420", "hex");

/** A deterministic Ed25519 key of `seed` (0 to 255). */
const ed25519Key = (seed: number): KeyObject =>
  createPrivateKey({
    key: Buffer.concat([ed25519Prefix, Buffer.alloc(32, seed)]),
    format: "der",
    type: "pkcs8",
  });

const rawPublic = (publicKey: KeyObject, bytes: number): Uint8Array =>
  new Uint8Array(publicKey.export({ format: "der", type: "spki" }).subarray(-bytes));

/** Signs note texts as they are (type 0x01) or as a timestamped witness (type 0x04). */
export function ed25519Signer(
  name: string,
  seed: number,
  type: "ed25519" | "cosignature" = "ed25519",
): TestSigner {
  const secret = ed25519Key(seed);
  const key = verifierKey(name, type, rawPublic(createPublicKey(secret), 32));
  const raw = (message: Uint8Array) => new Uint8Array(sign(null, message, secret));
  return {
    key,
    raw,
    sign(text) {
      const signature =
        type === "ed25519"
          ? raw(utf8(text))
          : formatTimestamped({
              timeSeconds: cosignedAt,
              signature: raw(cosignatureMessage(cosignedAt, text)),
            });
      return { name, keyId: key.id, signature };
    },
  };
}

/** Signs checkpoints with a fresh ML-DSA-44 key (type 0x06), at `timeSeconds`. */
export function mlDsa44Signer(name: string, timeSeconds = cosignedAt): TestSigner {
  const { publicKey, privateKey } = generateKeyPairSync("ml-dsa-44");
  const key = verifierKey(name, "mldsa44", rawPublic(publicKey, 1312));
  const raw = (message: Uint8Array) => new Uint8Array(sign(null, message, privateKey));
  return mlDsa44SignerOf(key, raw, timeSeconds);
}

/** The same with the key and the signatures of `seed`, byte for byte the same each time: not hedged, so for examples only. */
export function repeatableMlDsa44Signer(name: string, seed: number): TestSigner {
  const { publicKey, secretKey } = ml_dsa44.keygen(new Uint8Array(32).fill(seed));
  const key = verifierKey(name, "mldsa44", publicKey);
  return mlDsa44SignerOf(key, (message) =>
    ml_dsa44.sign(message, secretKey, { extraEntropy: false }),
  );
}

function mlDsa44SignerOf(
  key: VerifierKey,
  raw: TestSigner["raw"],
  timeSeconds = cosignedAt,
): TestSigner {
  const { name } = key;
  return {
    key,
    raw,
    sign(_text, checkpoint) {
      if (checkpoint === undefined) throw new Error("ML-DSA-44 signs checkpoints only");
      const message = cosignedMessage(name, timeSeconds, checkpoint);
      const payload = formatTimestamped({ timeSeconds, signature: raw(message) });
      return { name, keyId: key.id, signature: payload };
    },
  };
}

/** A log's own two signers. */
export const logSigners = (origin: string, seed: number): readonly [TestSigner, TestSigner] => [
  ed25519Signer(origin, seed),
  mlDsa44Signer(origin),
];

/** A signer's key as the signing gate is given it. */
export const checkpointKeyOf = ({ key, raw }: TestSigner): CheckpointKey => ({
  type: key.type as CheckpointKey["type"],
  publicKey: async () => key.publicKey,
  sign: async (message) => raw(message),
});

/** A checkpoint's note with one signature by each signer. */
export function signCheckpoint(checkpoint: Checkpoint, signers: readonly TestSigner[]): Uint8Array {
  const text = formatCheckpoint(checkpoint);
  return formatNote({ text, signatures: signers.map((signer) => signer.sign(text, checkpoint)) });
}
