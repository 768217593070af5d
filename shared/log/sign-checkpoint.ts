import { utf8 } from "../base/bytes.ts";
import { Malformed } from "../base/malformed.ts";
import { type Checkpoint, formatCheckpoint } from "./checkpoint.ts";
import { cosignatureMessage, cosignedMessage, formatTimestamped } from "./cosignature.ts";
import { type SignatureType, type VerifierKey, verifierKey } from "./key.ts";
import type { NoteSignature } from "./note.ts";

/** Who signs: a key, and whatever answers the raw signature of the key's algorithm over some bytes. It may ask a service. */
export interface NoteSigner {
  readonly key: VerifierKey;
  /** 64 bytes (Ed25519) or 2,420 (pure ML-DSA-44, empty context) over `message`. */
  sign(message: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

const signatureBytes = { ed25519: 64, cosignature: 64, mldsa44: 2420 } as const satisfies Record<
  SignatureType,
  number
>;

/**
 * One signature line over `checkpoint` by `signer`: the note's text (type 0x01), or what a cosignature says at `timeSeconds` since 1970 (types
 * 0x04 and 0x06, tlog-cosignature; a log whose key is ML-DSA-44 signs so too). A signature of another length is Malformed.
 */
export async function signCheckpoint(
  checkpoint: Checkpoint,
  signer: NoteSigner,
  timeSeconds: bigint,
): Promise<NoteSignature> {
  const { name, type, publicKey } = signer.key;
  const { id: keyId } = verifierKey(name, type, publicKey);
  const raw = await signer.sign(messageOf(checkpoint, signer.key, timeSeconds));
  if (raw.length !== signatureBytes[type]) {
    throw new Malformed("signature", `has not the ${signatureBytes[type]} bytes of its type`);
  }
  const signature = type === "ed25519" ? raw : formatTimestamped({ timeSeconds, signature: raw });
  return { name, keyId, signature };
}

function messageOf(checkpoint: Checkpoint, { name, type }: VerifierKey, timeSeconds: bigint) {
  const text = formatCheckpoint(checkpoint);
  if (type === "ed25519") return utf8(text);
  return type === "cosignature"
    ? cosignatureMessage(timeSeconds, text)
    : cosignedMessage(name, timeSeconds, checkpoint);
}
