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

type Notes = Readonly<Record<number, readonly TestSigner[]>>;
/** The honest log with one list of keys published after another, its newest note signed by `signers`, those of `earlier` sizes by whom it says. */
async function audited(
  lists: readonly (readonly TestSigner[])[],
  signers: readonly TestSigner[],
  trust: Trust,
  earlier: Notes = {},
) {
  const { items } = log.walk;
  const genesis = items[0] as Item;
  const published = lists.map((list) => ({
    ...genesis,
    type: "keys.published" as const,
    time: items.at(-1)?.time ?? "",
    fields: { keys: list.map(({ key }) => formatVerifierKey(key)) },
  }));
  const notes = Object.keys(earlier).map(Number);
  const files = log.rebuilt([...items, ...published], { notes });
  const sign = (file: string, by: readonly TestSigner[]) => {
    const { text } = parseNote(files.get(file) as Uint8Array);
    files.set(file, signCheckpoint(parseCheckpoint(text), by));
  };
  for (const size of notes) sign(`public/checkpoints/${size}`, earlier[size] ?? []);
  for (const file of ["public/checkpoint", `public/checkpoints/${items.length + lists.length}`]) {
    sign(file, signers);
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
    const atOnce = await audited([[next, post]], [old], trustIn([old]));
    expect(new Set(atOnce)).toEqual(new Set([`${last(1)} refused`, "- note-unbelieved"]));
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

/* In force at `start` entries: the genesis key; at start + 1 the old pair, at start + 2 both pairs, at start + 3, the newest note, the new pair. */
describe("each note is signed by the keys in force at its size", () => {
  const oldPost = repeatableMlDsa44Signer(origin, 1);
  const [before, after] = [
    [old, oldPost],
    [next, post],
  ];
  const every = [...before, ...after];
  // The genesis of this log names `old` alone: its first list adds the ML-DSA-44 key beside it.
  const lists = [before, every, after];
  const start = () => log.walk.items.length;
  const notesAt = (first: readonly TestSigner[], then: readonly TestSigner[] = every): Notes => ({
    [start()]: [old],
    [start() + 1]: first,
    [start() + 2]: then,
  });
  const findings = (earlier: Notes, newest: readonly TestSigner[] = after) =>
    audited(lists, newest, trustIn(every), earlier);

  test("by old ones, then both or either pair, then new ones: nothing is found", async () => {
    for (const then of [every, before, after, [old, post]]) {
      expect(await findings(notesAt(before, then))).toEqual([]);
    }
    expect(await findings(notesAt(every), every)).toEqual([]);
  });

  test.each([
    ["a note re-signed by the old keys after they were replaced", () => notesAt(before), before],
    ["a new key before it was published", () => notesAt(after), after],
    ["an old note whose ML-DSA-44 line was stripped", () => notesAt([old]), after],
    ["an old note whose Ed25519 line was stripped", () => notesAt([oldPost]), after],
    ["an old note whose ML-DSA-44 line is a later key's", () => notesAt([old, post]), after],
    ["a note of the overlap with one type only", () => notesAt(before, [old, next]), after],
  ] as const)("%s is not believed", async (_, earlier, newest) => {
    expect(await findings(earlier(), newest)).toEqual(["- note-unbelieved"]);
  });

  test("whoever holds one type of key alone is told of that type only", async () => {
    const plain = trustIn([old, next]);
    expect(await audited(lists, [next], plain, notesAt([old], [next]))).toEqual([]);
    expect(await audited(lists, [next], plain, notesAt([old, post], [old]))).toEqual([]);
    expect(await audited(lists, [old], plain, notesAt([old], [next]))).toEqual([
      "- note-unbelieved",
    ]);
  });
});
