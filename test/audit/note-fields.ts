import { origin } from "./bundle.ts";
import { stranger, witness } from "./swept-bundles.ts";

const signers = new Map([
  [origin, "the log's"],
  [witness.key.name, "a witness's"],
  [stranger.key.name, "an unknown signer's"],
]);

/** Which part of a note the byte at `at` is of. */
export function fieldOf(note: Uint8Array, at: number): string {
  const text = Buffer.from(note);
  const start = at === 0 ? 0 : text.lastIndexOf(10, at - 1) + 1;
  const line = text.subarray(start, text.indexOf(10, start)).toString();
  const [dash, name = ""] = line.split(" ");
  if (dash !== "—") return "text";
  const nameAt = Buffer.byteLength("— ");
  const base64At = nameAt + Buffer.byteLength(`${name} `);
  const inLine = at - start;
  // Four bytes of key id end in the sixth character of base64.
  const blob = inLine < base64At + 6 ? "key id" : "signature";
  const part = inLine < nameAt ? "dash" : inLine < base64At ? "name" : blob;
  return `${signers.get(name) ?? "no one's"} line: ${part}`;
}
