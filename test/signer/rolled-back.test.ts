import { setImmediate as turn } from "node:timers/promises";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { initSigner, signingGate } from "../../functions/signer/core.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import { leafHash } from "../../shared/log/hash.ts";
import { openCheckpoint } from "../../shared/log/open-checkpoint.ts";
import { treeOf } from "../../shared/log/tree.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { at, brokenKeys, down, leaves, logKeys, proof, type TestGate, testGate } from "./gate.ts";

let store: ObjectStore;
let gate: TestGate;
beforeEach(async () => {
  store = memoryStore();
  gate = testGate(store);
  await initSigner(store, "acme");
});

describe("a signer's store from another time", () => {
  const stateOf = async () => (await store.get("acme/latest"))!.bytes;
  const putBack = async (bytes: Uint8Array) => {
    await store.delete("acme/latest");
    await store.putIfAbsent("acme/latest", bytes);
  };

  test("an older latest signs nothing that is not its own note, whatever is shown", async () => {
    await gate.noteOf(at(3));
    const older = await stateOf();
    const note = await gate.noteOf(at(5), proof(3, 5));
    await gate.noteOf(at(9), proof(5, 9));
    await putBack(older);
    const before = gate.signatures();
    const rewritten = treeOf([...leaves.slice(0, 3), leafHash(utf8("another"))]);
    const asked = [
      [{ size: 4n, root: rewritten.root }, rewritten.consistency(3n)],
      [at(5), proof(3, 5)],
      [at(9), proof(3, 9)],
      [at(12), proof(3, 12)],
    ] as const;
    for (const [digest, evidence] of asked) {
      expect(await gate.refusalOf(digest, evidence)).toBe("rolled-back");
    }
    expect(gate.signatures()).toBe(before);
    expect((await store.get("acme/notes/5"))?.bytes).toEqual(note);
  });

  test("so does one put back by two steps where a crash left out the note between", async () => {
    await gate.noteOf(at(3));
    const older = await stateOf();
    await expect(testGate(store, brokenKeys).noteOf(at(5), proof(3, 5))).rejects.toBe(down);
    await gate.noteOf(at(9), proof(5, 9));
    await putBack(older);
    expect(await gate.refusalOf(at(4), proof(3, 4))).toBe("rolled-back");
  });

  test("and a store that was opened anew after its latest was lost", async () => {
    await gate.noteOf(at(3));
    await store.delete("acme/latest");
    expect(await initSigner(store, "acme")).toBe("stored");
    expect(await gate.refusalOf(at(2))).toBe("rolled-back");
  });

  test("the newest latest, put back, goes on", async () => {
    await gate.noteOf(at(3));
    await gate.noteOf(at(5), proof(3, 5));
    await putBack(await stateOf());
    expect(await gate.refusalOf(at(9), proof(5, 9))).toBe("signed");
  });

  test("put back whole, it is another signer: it forks, and the two notes of one size are the proof", async () => {
    await gate.noteOf(at(3));
    const backup = memoryStore();
    for await (const key of store.list("acme/")) {
      await backup.putIfAbsent(key, (await store.get(key))!.bytes);
    }
    const first = openCheckpoint(await gate.noteOf(at(9), proof(3, 9)), logKeys);
    const rewritten = treeOf([...leaves.slice(0, 3), ...leaves.slice(10, 16)]);
    const fork = { size: 9n, root: rewritten.root };
    const second = await testGate(backup).noteOf(fork, rewritten.consistency(3n));
    expect([first, openCheckpoint(second, logKeys)]).toMatchObject([
      { checkpoint: at(9) },
      { checkpoint: fork },
    ]);
  });
});

/** `store` whose every call takes a few turns, so that callers meet at every step. */
function slow(under: ObjectStore, seed: number): ObjectStore {
  let drawn = seed;
  const wait = async () => {
    drawn = (drawn * 75 + 74) % 65_537;
    for (let turns = drawn % 4; turns > 0; turns--) await turn();
  };
  return {
    ...under,
    get: async (key) => wait().then(() => under.get(key)),
    putIfAbsent: async (key, bytes) => wait().then(() => under.putIfAbsent(key, bytes)),
    replace: async (key, bytes, held) => wait().then(() => under.replace(key, bytes, held)),
  };
}

test.each([1, 2, 3])(
  "gates that race on one store sign one history and raise no alarm: %i",
  async (seed) => {
    const refused: string[] = [];
    const walk = async (nth: number) => {
      const { ports } = testGate(slow(store, seed * 10 + nth));
      const racing = signingGate(ports);
      for (let size = 1 + (nth % 2); size <= leaves.length; size += 1 + nth) {
        const held = await racing.latest("acme");
        if ("refused" in held) throw new Error(held.refused);
        if (held.size > size) continue;
        const growing = held.size > 0n && held.size < size;
        const evidence = growing ? proof(Number(held.size), size) : [];
        const answer = await racing.sign("acme", at(size), evidence);
        if ("refused" in answer) refused.push(answer.refused);
      }
    };
    await Promise.all([0, 1, 2, 0].map(walk));
    // Who was overtaken is told that it raced, or that more is signed by now; the caller looks again.
    const alarms = refused.filter((code) => !["raced", "fork", "not-an-extension"].includes(code));
    expect(alarms).toEqual([]);
    expect(refused.length).toBeGreaterThan(5);
    const signed: number[] = [];
    for await (const key of store.list("acme/notes/")) {
      const size = Number(key.slice("acme/notes/".length));
      const note = openCheckpoint((await store.get(key))!.bytes, logKeys);
      expect(note).toMatchObject({ checkpoint: at(size) });
      signed.push(size);
    }
    expect(Math.max(...signed)).toBe(leaves.length);
  },
);
