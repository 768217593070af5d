import { toHex, utf8 } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { sha256 } from "../../shared/base/sha256.ts";
import type { VerifierKey } from "../../shared/log/key.ts";
import { formatNote, parseNote } from "../../shared/log/note.ts";
import { openCheckpoint } from "../../shared/log/open-checkpoint.ts";
import type { TreeHead } from "../../shared/log/tile-reader.ts";
import {
  formatCosignatures,
  formatWitnessSize,
  sizeContentType,
} from "../../shared/log/witness.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import {
  openRequest,
  refusalAfter,
  type SignedRequest,
  type WitnessRefusal,
  witnessStatus,
} from "../../shared/proof/add-checkpoint.ts";
import type { Cosigner } from "./key.ts";

/** What a witness is made of. Its state is one object per log: the last checkpoint it cosigned, with its own line. */
export interface WitnessPorts {
  readonly state: ObjectStore;
  readonly cosigner: Cosigner;
  /** The keys trusted for an origin; none: the log is unknown. */
  readonly keysOf: (origin: string) => readonly VerifierKey[];
  /** Seconds since 1970. */
  readonly now: () => bigint;
}

/** What it answers over HTTP. */
export interface WitnessAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
}

const text = "text/plain; charset=utf-8";
const stateKey = (originHash: string): string => `logs/${originHash}`;
const attempts = 8;

/**
 * `POST /add-checkpoint` (C2SP tlog-witness): the checks, then the new state by compare-and-swap, durable, and only then the cosignature. Of two
 * requests at once one swaps; the other is judged again by what is true then. Throws Unavailable, or Malformed where the state is damaged:
 * then nothing was cosigned that is not the state.
 */
export async function addCheckpoint(ports: WitnessPorts, body: Uint8Array): Promise<WitnessAnswer> {
  const signed = openRequest(body, ports.keysOf);
  if ("refused" in signed) return refusal(signed);
  const key = stateKey(toHex(sha256(utf8(signed.checkpoint.origin))));
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const held = await heldState(ports, key);
    const refused = refusalAfter(held?.head, signed);
    if (refused !== undefined) return refusal(refused);
    const { note, line } = cosigned(ports, signed, held?.timeSeconds ?? 0n);
    if ((await ports.state.replace(key, note, held?.tag)) === "stored") {
      return { status: 200, contentType: text, body: formatCosignatures([line]) };
    }
  }
  throw new Unavailable("witness", "other requests keep changing this log's state");
}

/** `GET /<hex SHA-256 of the origin>/checkpoint`: the last checkpoint cosigned of that log, with the log's lines and this witness's. */
export async function newestCheckpoint(
  { state }: WitnessPorts,
  originHash: string,
): Promise<WitnessAnswer> {
  const found = await state.get(stateKey(originHash));
  return found === undefined
    ? { status: 404, contentType: text, body: utf8("no checkpoint of this log was cosigned\n") }
    : { status: 200, contentType: text, body: found.bytes };
}

/** The last checkpoint cosigned under `key`: a state that this witness's own key did not sign is damaged, never "none". */
async function heldState(
  { state, cosigner }: WitnessPorts,
  key: string,
): Promise<
  { readonly head: TreeHead; readonly timeSeconds: bigint; readonly tag: string } | undefined
> {
  const found = await state.get(key);
  if (found === undefined) return undefined;
  const opened = openCheckpoint(found.bytes, [cosigner.key]);
  if ("refused" in opened) throw new Malformed(key, "is not signed by this witness");
  const timeSeconds = opened.signatures[0]?.timeSeconds ?? 0n;
  return { head: opened.checkpoint, timeSeconds, tag: found.tag };
}

/**
 * The note with this witness's line. A line says "at this time the largest tree was this one", so a clock that went back would contradict the
 * line before: then nothing is signed.
 */
function cosigned({ cosigner, now }: WitnessPorts, { note }: SignedRequest, notBefore: bigint) {
  const timeSeconds = now();
  if (timeSeconds < notBefore) throw new Unavailable("witness", "its clock went back");
  const { text: noteText, signatures } = parseNote(note);
  const line = cosigner.cosign(noteText, timeSeconds);
  return { note: formatNote({ text: noteText, signatures: [...signatures, line] }), line };
}

function refusal({ refused, detail, size }: WitnessRefusal): WitnessAnswer {
  const status = witnessStatus[refused];
  return size === undefined
    ? { status, contentType: text, body: utf8(`${detail}\n`) }
    : { status, contentType: sizeContentType, body: formatWitnessSize(size) };
}
