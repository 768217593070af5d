import { concat, utf8 } from "../base/bytes.ts";
import { assert } from "../base/malformed.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { maxDecimal } from "./decimal.ts";
import { isHash } from "./hash.ts";
import { maxNameBytes } from "./key-name.ts";

/** A cosignature's payload (tlog-cosignature, Format): seconds since 1970 and the signature of the key's type. */
export interface TimestampedSignature {
  readonly timeSeconds: bigint;
  readonly signature: Uint8Array;
}

/** 8 bytes of time, big-endian, then the signature. */
export const formatTimestamped = (stamped: TimestampedSignature): Uint8Array =>
  concat(uint64(stamped.timeSeconds), stamped.signature);

/** Takes the time off a payload; undefined when it is shorter than a time or its time is above 2⁶³ − 1. */
export function splitTimestamped(payload: Uint8Array): TimestampedSignature | undefined {
  if (payload.length < 8) return undefined;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const timeSeconds = view.getBigUint64(0);
  return timeSeconds > maxDecimal ? undefined : { timeSeconds, signature: payload.slice(8) };
}

/** What an Ed25519 cosigner (type 0x04) signs: two lines, then the whole note text. It does not name the cosigner. */
export const cosignatureMessage = (timeSeconds: bigint, noteText: string): Uint8Array =>
  utf8(`cosignature/v1\ntime ${timeSeconds}\n${noteText}`);

/**
 * What an ML-DSA-44 cosigner (type 0x06) or log named `name` signs for a whole tree: `cosigned_message` with start 0.
 * Extension lines are not in it.
 */
export function cosignedMessage(
  name: string,
  timeSeconds: bigint,
  checkpoint: Pick<Checkpoint, "origin" | "size" | "root">,
): Uint8Array {
  assert(isHash(checkpoint.root), "a root has 32 bytes");
  return concat(
    utf8("subtree/v1\n\0"),
    shortOpaque(name),
    uint64(timeSeconds),
    shortOpaque(checkpoint.origin),
    uint64(0n),
    uint64(checkpoint.size),
    checkpoint.root,
  );
}

/** RFC 8446 §3.4 `opaque<1..2^8-1>`: one byte of length, then the bytes. */
function shortOpaque(text: string): Uint8Array {
  const bytes = utf8(text);
  assert(bytes.length >= 1 && bytes.length <= maxNameBytes, "a name has 1 to 255 bytes");
  return concat(Uint8Array.of(bytes.length), bytes);
}

function uint64(value: bigint): Uint8Array {
  assert(value >= 0n && value <= maxDecimal, "a size or time fits 63 bits");
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value);
  return bytes;
}
