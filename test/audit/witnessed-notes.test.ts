import { expect, test } from "@jest/globals";
import type { LogSource } from "../../shared/audit/source.ts";
import { openNotes, type Trust } from "../../shared/audit/verify-notes.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import { leafHash } from "../../shared/log/hash.ts";
import { treeOf } from "../../shared/log/tree.ts";
import { ed25519Signer, signCheckpoint, type TestSigner } from "../log/signers.ts";

/* A log that got its witness at size 3: what an audit says of the notes before and after, under a policy with a quorum. */
const origin = "log.example/acme";
const log = ed25519Signer(origin, 1);
const witness = ed25519Signer("witness.example", 2, "cosignature");
const trust: Trust = {
  policy: {
    logs: [{ key: log.key }],
    witnesses: [{ name: "w", key: witness.key }],
    groups: [],
    quorum: "w",
  },
  requirements: [],
};
const leaves = [1, 2, 3].map((n) => leafHash(utf8(`entry ${n}`)));
const noteOf = (size: number, ...signers: TestSigner[]) => {
  const { root } = treeOf(leaves.slice(0, size));
  return signCheckpoint({ origin, size: BigInt(size), root, extensions: [] }, signers);
};

async function codes(newest: Uint8Array, older: Uint8Array): Promise<string[]> {
  const files = new Map([
    ["public/checkpoints/2", older],
    ["public/checkpoints/3", newest],
  ]);
  const source: Pick<LogSource, "insurer" | "checkpoint" | "notes" | "read"> = {
    insurer: "acme",
    checkpoint: async () => newest,
    notes: async () => [2n, 3n].map((size) => ({ size, file: `public/checkpoints/${size}` })),
    read: async (file) => files.get(file),
  };
  const { findings } = await openNotes(source as LogSource, origin, trust);
  return findings.map(({ code, file }) => `${code} ${file}`);
}

test("a note from before there was a witness is no finding, where the newest is witnessed", async () => {
  expect(await codes(noteOf(3, log, witness), noteOf(2, log))).toEqual([]);
  expect(await codes(noteOf(3, log, witness), noteOf(2, log, witness))).toEqual([]);
});

test("the newest note without its quorum is one, whatever witnesses saw before", async () => {
  const found = ["note-unbelieved public/checkpoint"];
  expect(await codes(noteOf(3, log), noteOf(2, log, witness))).toEqual(found);
});

test("a historic note still needs the log's own signature, and no line of the witness may fail", async () => {
  const found = ["note-unbelieved public/checkpoints/2"];
  const newest = noteOf(3, log, witness);
  expect(await codes(newest, noteOf(2, witness))).toEqual(found);
  const other = Buffer.from(noteOf(2, log, witness)).toString("latin1");
  const [moved = ""] = Buffer.from(newest).toString("latin1").split("\n").slice(-2);
  const lines = other.split("\n");
  lines.splice(-2, 1, moved);
  expect(await codes(newest, Buffer.from(lines.join("\n"), "latin1"))).toEqual(found);
});
