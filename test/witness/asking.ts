import { utf8 } from "../../shared/base/bytes.ts";
import { leafHash } from "../../shared/log/hash.ts";
import type { VerifierKey } from "../../shared/log/key.ts";
import { formatNote, parseNote } from "../../shared/log/note.ts";
import { openCheckpoint } from "../../shared/log/open-checkpoint.ts";
import { treeOf } from "../../shared/log/tree.ts";
import { formatAddCheckpoint, parseCosignatures } from "../../shared/log/witness.ts";
import { ed25519Signer, signCheckpoint } from "../log/signers.ts";

export const origin = "a.example/log";
export const log = ed25519Signer(origin, 1);

const leaves = (count: number, kind: string) =>
  Array.from({ length: count }, (_, i) => leafHash(utf8(`${kind} ${i}`)));

/** The log's note of its first `count` leaves; another `kind` is another log under the same key. */
export const noteOf = (count: number, kind = "leaf"): Uint8Array => {
  const { size, root } = treeOf(leaves(count, kind));
  return signCheckpoint({ origin, size, root, extensions: [] }, [log]);
};

/** The request that leads a witness from `from` leaves to `to`. */
export const requestOf = (from: number, to: number, kind = "leaf"): Uint8Array =>
  formatAddCheckpoint({
    oldSize: BigInt(from),
    proof: from === 0 || from > to ? [] : treeOf(leaves(to, kind)).consistency(BigInt(from)),
    note: noteOf(to, kind),
  });

/** Sends a request and gives status and text of the answer. */
export async function post(url: string, body: Uint8Array) {
  const response = await fetch(`${url}/add-checkpoint`, {
    method: "POST",
    body: Uint8Array.from(body),
  });
  const type = response.headers.get("content-type");
  return { status: response.status, type, text: await response.text() };
}

/** The time a witness's answer states for `note`; throws unless it is one line by `key` that verifies. */
export function statedTime(answer: string, note: Uint8Array, key: VerifierKey): bigint {
  const lines = parseCosignatures(utf8(answer));
  const { text } = parseNote(note);
  const opened = openCheckpoint(formatNote({ text, signatures: lines }), [key]);
  if ("refused" in opened) throw new Error(opened.refused);
  if (lines.length !== 1) throw new Error("more than one line");
  return opened.signatures[0]?.timeSeconds ?? 0n;
}
