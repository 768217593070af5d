import { describe, expect, test } from "@jest/globals";
import { blockHash } from "../../shared/qldb/block.ts";
import { extendJournal, type JournalState, mostBlocksShown } from "../../shared/qldb/extension.ts";
import {
  emptyJournal,
  foldBlock,
  journalOf,
  keptHashes,
} from "../../shared/qldb/folded-journal.ts";
import { frontierRoot } from "../../shared/qldb/frontier.ts";
import { foldPath, merklePath, merkleRoot } from "../../shared/qldb/merkle.ts";
import { hash, journal } from "./sample-chain.ts";

const most = 70;
const { entries, blocks } = journal(most);
const nothing: JournalState = { size: 0n, root: hash("any"), frontier: [] };
const digestOf = (all: readonly Uint8Array[]) => ({
  size: BigInt(all.length),
  root: merkleRoot(all),
});
const digest = (size: number) => digestOf(blocks.slice(0, size));
/** The state of whoever followed the journal from its first block. */
const state = (size: number): JournalState =>
  size === 0
    ? nothing
    : {
        ...digest(size),
        frontier: keptHashes(entries.slice(0, size).reduce(foldBlock, emptyJournal)),
      };

describe("what is kept of a journal", () => {
  test("is the roots of its complete subtrees and its tip, and is read back as it was", () => {
    for (let size = 1; size <= most; size++) {
      const { root, frontier } = state(size);
      expect(frontier.at(-1)).toEqual(blocks[size - 1]);
      const read = journalOf(digest(size), frontier)!;
      expect(keptHashes(read)).toEqual(frontier);
      expect(frontierRoot(read.tree)).toEqual(root);
    }
  });

  test("is refused where it doesn't lead to the digest", () => {
    const { frontier } = state(7);
    const other = hash("other");
    for (const kept of [
      [],
      frontier.slice(1),
      [...frontier, other],
      frontier.with(0, other),
      frontier.with(-1, other),
      frontier.with(0, new Uint8Array(0)),
    ]) {
      expect(journalOf(digest(7), kept)).toBeUndefined();
    }
    expect(journalOf(digest(6), frontier)).toBeUndefined();
    expect(journalOf({ ...digest(7), root: other }, frontier)).toBeUndefined();
    expect(journalOf({ ...digest(7), size: -1n }, frontier)).toBeUndefined();
    expect(journalOf({ ...digest(7), size: 1n << 60n }, frontier)).toBeUndefined();
    expect(journalOf(nothing, frontier)).toBeUndefined();
  });
});

describe("a journal that grew", () => {
  test("is followed from any size to any other, in one step or in several, to one state", () => {
    for (let from = 0; from <= 40; from++) {
      for (let to = from; to <= 40; to += 3) {
        const shown = entries.slice(from, to);
        expect(extendJournal(state(from), digest(to), shown)).toEqual(
          to === 0 ? { ...digest(0), frontier: [] } : state(to),
        );
      }
    }
  });

  test("is not followed by more blocks at once than may be shown", () => {
    const long = journal(mostBlocksShown + 1);
    const first = digestOf(long.blocks.slice(0, mostBlocksShown));
    const all = digestOf(long.blocks);
    expect(extendJournal(nothing, all, long.entries)).toBeUndefined();
    const held = extendJournal(nothing, first, long.entries.slice(0, -1))!;
    expect(extendJournal(held, all, long.entries.slice(-1))).toMatchObject(all);
  });
});

describe("what is no extension", () => {
  test("a block after another hash that the root hides behind the tip: a root can't tell them apart", () => {
    for (let size = 2; size < most; size++) {
      const tip = blocks[size - 1]!;
      const [first, ...path] = merklePath(blocks.slice(0, size), size - 1) as [Uint8Array];
      expect(foldPath(first, [tip, ...path])).toEqual(digest(size).root);
      const entry = hash("after another");
      const forged = blockHash(entry, first);
      const to = digestOf([...blocks.slice(0, size), forged]);
      expect(extendJournal(state(size), to, [entry])).toBeUndefined();
      const swapped = { ...state(size), frontier: state(size).frontier.with(-1, first) };
      if (size % 2 === 1) expect(extendJournal(swapped, to, [entry])).toBeUndefined();
    }
  });

  test("a fork, from before the state or from its tip on, shorter, as long or longer", () => {
    for (const [from, to] of [
      [1, 2],
      [7, 12],
      [8, 9],
      [31, 40],
    ] as const) {
      for (const at of [0, from - 1]) {
        const fork = entries.slice(0, to).with(at, hash("fork"));
        const chain: Uint8Array[] = [];
        for (const one of fork) chain.push(blockHash(one, chain.at(-1) ?? new Uint8Array(0)));
        for (const size of [from - 1, from, to]) {
          const theirs = digestOf(chain.slice(0, size));
          const shown = fork.slice(from, size);
          expect(extendJournal(state(from), theirs, shown)).toBeUndefined();
          expect(extendJournal(state(from), theirs, entries.slice(from, size))).toBeUndefined();
        }
      }
    }
  });

  test("blocks left out, exchanged, changed, added, or hidden behind an empty hash", () => {
    const shown = entries.slice(5, 9);
    const refused = (to: number, ...all: Uint8Array[]) =>
      expect(extendJournal(state(5), digest(to), all)).toBeUndefined();
    refused(9, ...shown.toSpliced(-2, 1));
    refused(8, ...shown);
    refused(9, ...shown.with(-1, shown[2]!).with(-2, shown[3]!));
    refused(9, ...shown.with(1, hash("changed")));
    refused(9, ...shown, hash("more"));
    refused(9, ...shown.with(3, new Uint8Array(0)));
    refused(4);
    const stale = { size: 6n, root: digest(5).root };
    expect(extendJournal(state(5), stale, [new Uint8Array(0)])).toBeUndefined();
    expect(extendJournal(nothing, { ...digest(5), root: hash("other") }, entries.slice(0, 5))).toBe(
      undefined,
    );
    expect(extendJournal(nothing, digest(5), [])).toBeUndefined();
  });
});
