import { beforeAll, describe, expect, test } from "@jest/globals";
import { verifyLog } from "../../shared/audit/verify-log.ts";
import type { Trust } from "../../shared/audit/verify-notes.ts";
import { parseCheckpoint } from "../../shared/log/checkpoint.ts";
import { formatVerifierKey } from "../../shared/log/key.ts";
import { parseNote } from "../../shared/log/note.ts";
import {
  ed25519Signer,
  repeatableMlDsa44Signer,
  signCheckpoint,
  type TestSigner,
} from "../log/signers.ts";
import { type Item, origin, sourceOf } from "./bundle.ts";
import { type Honest, honestLog } from "./honest.ts";

/* A log whose genesis names one key, `old`, and what an auditor finds after keys.published. */
const old = ed25519Signer(origin, 1);
const next = ed25519Signer(origin, 2);
const post = repeatableMlDsa44Signer(origin, 2);
const foreign = ed25519Signer("log.example/claims/other", 3);
let log: Honest;
beforeAll(async () => {
  log = await honestLog();
});

const trustIn = (
  signers: readonly TestSigner[],
  requirements: Trust["requirements"] = [],
): Trust => ({
  policy: {
    logs: signers.map(({ key }) => ({ key })),
    witnesses: [],
    groups: [],
    quorum: "none",
  },
  requirements,
});

/** The honest log with one list of keys published after another, its newest note signed by `signers`. */
async function audited(
  lists: readonly (readonly TestSigner[])[],
  signers: readonly TestSigner[],
  trust: Trust,
) {
  const { items } = log.walk;
  const genesis = items[0] as Item;
  const published = lists.map((list) => ({
    ...genesis,
    type: "keys.published" as const,
    time: items.at(-1)?.time ?? "",
    fields: { keys: list.map(({ key }) => formatVerifierKey(key)) },
  }));
  const files = log.rebuilt([...items, ...published], { notes: [] });
  const newest = files.get("public/checkpoint") as Uint8Array;
  const note = signCheckpoint(parseCheckpoint(parseNote(newest).text), signers);
  for (const file of ["public/checkpoint", `public/checkpoints/${items.length + lists.length}`]) {
    files.set(file, note);
  }
  const { findings } = await verifyLog(sourceOf(files), origin, trust, () => undefined);
  return findings.map(({ index, code }) => `${index ?? "-"} ${code}`);
}
const last = (lists: number) => log.walk.items.length + lists - 1;

describe("keys that are replaced with an overlap", () => {
  const both = [old, next, post];
  const lists = [both, [next, post]];

  test("are each believed by whoever holds the keys of that time, or all of them", async () => {
    expect(await audited([both], both, trustIn([old]))).toEqual([]);
    expect(await audited(lists, [next, post], trustIn([next, post]))).toEqual([]);
    expect(await audited(lists, [next, post], trustIn(both))).toEqual([]);
  });

  test("once replaced sign nothing that a holder of the old ones alone believes", async () => {
    const found = await audited(lists, [next, post], trustIn([old]));
    expect(new Set(found)).toEqual(new Set(["- note-unbelieved"]));
  });

  test("a trusted key that neither genesis nor keys.published names is found", async () => {
    expect(await audited([[old, next]], [old, next, post], trustIn([old, post]))).toEqual([
      "0 genesis-differs",
    ]);
  });

  test("all replaced at once are found, and so are another log's", async () => {
    expect(await audited([[next, post]], [old], trustIn([old]))).toEqual([`${last(1)} refused`]);
    expect(await audited([[old, foreign]], [old], trustIn([old]))).toEqual([
      `${last(1)} record-malformed`,
    ]);
  });

  test.each([
    ["Ed25519", [next]],
    ["ML-DSA-44", [post]],
  ])("a checkpoint whose other line was stripped is not believed: %s left", async (_, signers) => {
    const requirements = [{ size: 1n, signatures: "ed25519+mldsa44" }] as const;
    const trust = trustIn(both, requirements);
    const found = await audited(lists, signers, trust);
    expect(new Set(found)).toEqual(new Set(["- note-unbelieved"]));
    expect(await audited(lists, [next, post], trust)).toEqual([]);
  });
});
