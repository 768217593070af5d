import { describe, expect, test } from "@jest/globals";
import { newestNote } from "../../functions/publisher/signed-note.ts";
import { formatLatest, latestKey, noteKey } from "../../functions/signer/latest.ts";
import { signNewest } from "../../functions/signer/sign-newest.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import { emptyRoot } from "../../shared/log/hash.ts";
import type { LedgerDigest } from "../../shared/ports/ledger.ts";
import type { SigningGate } from "../../shared/ports/signing.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";

const root = new Uint8Array(32).fill(7);

describe("signing the newest committed digest", () => {
  const run = async (
    sign: Awaited<ReturnType<SigningGate["sign"]>>,
    { latest = 2n, empty = false, most = undefined as bigint | undefined } = {},
  ) => {
    const asked: [bigint, number][] = [];
    const shown: bigint[] = [];
    const gate: SigningGate = {
      latest: async () => ({
        size: latest,
        root: latest === 0n ? emptyRoot : root,
        frontier: [],
      }),
      sign: async (_, digest, evidence) => {
        asked.push([digest.size, evidence.length]);
        return sign;
      },
    };
    const engine = {
      digest: async () => (empty ? undefined : { size: 5n, root }),
      extension: async (_: string, from: LedgerDigest, to: LedgerDigest) => {
        shown.push(from.size);
        return { to: { ...to, size: most ?? to.size }, evidence: [root, root] };
      },
    };
    return { done: await signNewest(engine, gate, "acme"), asked, shown };
  };

  test("shows evidence from what was signed last, none where that is the newest", async () => {
    const note = { note: utf8("note") };
    expect(await run(note)).toEqual({ done: 1, asked: [[5n, 2]], shown: [2n] });
    expect(await run(note, { latest: 0n })).toEqual({ done: 1, asked: [[5n, 2]], shown: [0n] });
    expect(await run(note, { latest: 5n })).toEqual({ done: 1, asked: [[5n, 0]], shown: [] });
    expect(await run(note, { empty: true })).toEqual({ done: 0, asked: [], shown: [] });
  });

  test("where more came than is shown at once, has one on the way there signed, and no more by this call", async () => {
    const done = await run({ note: utf8("note") }, { most: 3n });
    expect(done).toEqual({ done: 1, asked: [[3n, 2]], shown: [2n] });
  });

  test("a race is asked again and never an alarm; every other refusal is", async () => {
    const raced = { refused: "raced", detail: "" } as const;
    await expect(run(raced)).rejects.toThrow(Unavailable);
    const answers = [raced, { note: utf8("note") }];
    const gate: SigningGate = {
      latest: async () => ({ size: 2n, root, frontier: [] }),
      sign: async () => answers.shift() ?? raced,
    };
    const to = { size: 5n, root };
    const engine = { digest: async () => to, extension: async () => ({ to, evidence: [root] }) };
    expect(await signNewest(engine, gate, "acme")).toBe(1);
    const fork = await run({ refused: "fork", detail: "two roots" });
    expect(fork.done).toEqual({ alarm: "fork", detail: "two roots" });
  });
});

test("the publisher reads the note of what was signed last; none before the first or half-way", async () => {
  const store = memoryStore();
  expect(await newestNote(store, "acme")).toBeUndefined();
  const first = formatLatest({ before: 0n, size: 0n, root: emptyRoot, frontier: [] });
  await store.putIfAbsent(latestKey("acme"), first);
  expect(await newestNote(store, "acme")).toBeUndefined();
  const { tag } = (await store.get(latestKey("acme")))!;
  await store.replace(
    latestKey("acme"),
    formatLatest({ before: 0n, size: 5n, root, frontier: [] }),
    tag,
  );
  expect(await newestNote(store, "acme")).toBeUndefined();
  await store.putIfAbsent(noteKey("acme", 5n), utf8("note"));
  expect(await newestNote(store, "acme")).toEqual(utf8("note"));
});
