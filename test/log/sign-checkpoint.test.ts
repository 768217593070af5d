import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { Malformed } from "../../shared/base/malformed.ts";
import { formatCheckpoint } from "../../shared/log/checkpoint.ts";
import { type SignatureType, verifierKey } from "../../shared/log/key.ts";
import { formatNote } from "../../shared/log/note.ts";
import { openCheckpoint } from "../../shared/log/open-checkpoint.ts";
import { type NoteSigner, signCheckpoint } from "../../shared/log/sign-checkpoint.ts";
import { someLeaves } from "./naive.ts";

const timeSeconds = 1_790_000_000n;
const checkpoint = {
  origin: "log.example/acme",
  size: 3n,
  root: someLeaves(1)[0]!,
  extensions: [],
};
const ed25519 = generateKeyPairSync("ed25519");
const mlDsa = generateKeyPairSync("ml-dsa-44");
const kinds = [
  ["ed25519", ed25519, 32],
  ["cosignature", ed25519, 32],
  ["mldsa44", mlDsa, 1312],
] as const;

/** A signer by node:crypto, so that what it signs is judged by other code. */
function signerOf(
  type: SignatureType,
  { publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject },
  bytes: number,
): NoteSigner {
  const raw = new Uint8Array(publicKey.export({ format: "der", type: "spki" }).subarray(-bytes));
  const key = verifierKey("log.example/acme", type, raw);
  return { key, sign: async (message) => sign(null, message, privateKey) };
}

describe.each(kinds)("a signature line of type %s", (type, pair, bytes) => {
  const signer = signerOf(type, pair, bytes);

  test("opens the checkpoint, with the time it states if its type states one", async () => {
    const line = await signCheckpoint(checkpoint, signer, timeSeconds);
    const note = formatNote({ text: formatCheckpoint(checkpoint), signatures: [line] });
    const stated = type === "ed25519" ? {} : { timeSeconds };
    expect(openCheckpoint(note, [signer.key])).toEqual({
      checkpoint,
      signatures: [{ key: signer.key, ...stated }],
      others: [],
    });
  });

  test("is not one over any other checkpoint", async () => {
    const line = await signCheckpoint(checkpoint, signer, timeSeconds);
    for (const other of [
      { ...checkpoint, size: 4n },
      { ...checkpoint, origin: "log.example/other" },
      { ...checkpoint, root: someLeaves(2)[1]! },
    ]) {
      const note = formatNote({ text: formatCheckpoint(other), signatures: [line] });
      expect(openCheckpoint(note, [signer.key])).toMatchObject({ refused: "bad-signature" });
    }
  });

  test("is never made of a signature of another length", async () => {
    const short: NoteSigner = { key: signer.key, sign: () => new Uint8Array(63) };
    await expect(signCheckpoint(checkpoint, short, timeSeconds)).rejects.toThrow(Malformed);
  });
});
