import { beforeEach, describe, expect, test } from "@jest/globals";
import { initSigner, signCheckpoint } from "../../functions/signer/core.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import { leafHash } from "../../shared/log/hash.ts";
import { verifierKey } from "../../shared/log/key.ts";
import { openCheckpoint } from "../../shared/log/open-checkpoint.ts";
import { treeOf } from "../../shared/log/tree.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import {
  at,
  brokenKeys,
  down,
  forked,
  leaves,
  logKeys,
  origin,
  proof,
  type TestGate,
  testGate,
} from "./gate.ts";

let store: ObjectStore;
let gate: TestGate;
beforeEach(async () => {
  store = memoryStore();
  gate = testGate(store);
  await initSigner(store, "acme");
});
const noteOf: TestGate["noteOf"] = (...asked) => gate.noteOf(...asked);
const refusalOf: TestGate["refusalOf"] = (...asked) => gate.refusalOf(...asked);

describe("what the gate signs", () => {
  test("a first tree and what extends it, as C2SP checkpoints under the origin's keys, once with each", async () => {
    await noteOf(at(3));
    const opened = openCheckpoint(await noteOf(at(11), proof(3, 11)), logKeys);
    expect(opened).toMatchObject({
      checkpoint: { origin, ...at(11), extensions: [] },
      signatures: [{ key: logKeys[0] }, { key: logKeys[1], timeSeconds: 1_700_000_123n }],
      others: [],
    });
  });

  test("the same digest again is the same bytes, without another signature", async () => {
    const first = await noteOf(at(5));
    expect(await noteOf(at(5))).toEqual(first);
    expect(gate.signatures()).toBe(2);
  });

  test("opening a log twice changes nothing", async () => {
    await noteOf(at(5));
    expect(await initSigner(store, "acme")).toBe("exists");
    expect(await refusalOf(forked(5))).toBe("fork");
  });
});

describe("what the gate refuses", () => {
  test("a fork: another root at the signed size, or any smaller size", async () => {
    await noteOf(at(5));
    expect(await refusalOf(forked(5))).toBe("fork");
    expect(await refusalOf(at(4))).toBe("fork");
    expect(await refusalOf(forked(4))).toBe("fork");
    expect(gate.signatures()).toBe(2);
  });

  test("a rewritten log, whatever it shows, and a grown one that shows nothing", async () => {
    await noteOf(at(5));
    const rewritten = treeOf([leafHash(utf8("another")), ...leaves.slice(1, 9)]);
    const claimed = { size: 9n, root: rewritten.root };
    expect(await refusalOf(claimed, rewritten.consistency(5n))).toBe("not-an-extension");
    expect(await refusalOf(at(9), [])).toBe("not-an-extension");
    expect(await refusalOf(at(9), proof(4, 9))).toBe("not-an-extension");
    expect(await refusalOf(at(9), proof(5, 9))).toBe("signed");
  });

  test("the empty tree, and a log whose state is missing or unreadable", async () => {
    expect(await refusalOf(at(0))).toBe("empty-tree");
    expect(await signCheckpoint(gate.ports, "nobody", at(1), [])).toMatchObject({
      refused: "no-state",
    });
    await noteOf(at(2));
    await store.delete("acme/latest");
    expect(await refusalOf(at(2))).toBe("no-state");
    const zeros = "0".repeat(64);
    const unreadable = [
      `{"before":"0","frontier":[],"root":"00","size":"1"}`,
      `{"before":"1","frontier":[],"root":"${zeros}","size":"1"}`,
      `{"before":"0","frontier":[],"root":"${zeros}","size":"1","time":"1"}`,
      `{"before":"0","frontier":["00"],"root":"${zeros}","size":"1"}`,
      `{"before":"0","frontier":[1],"root":"${zeros}","size":"1"}`,
      `{"before":"0","frontier":"","root":"${zeros}","size":"1"}`,
      `{"before":"0","frontier":[${Array(65).fill(`"${zeros}"`)}],"root":"${zeros}","size":"1"}`,
      `{"before":"0","root":"${zeros}","size":"1"}`,
      `{"frontier":[],"root":"${zeros}","size":"1"}`,
      ...["[]", "{}", '{"size":1}', "null", "\u0001"],
    ];
    for (const text of unreadable) {
      await store.delete("acme/latest");
      await store.putIfAbsent("acme/latest", utf8(text));
      expect(await refusalOf(at(3), proof(2, 3))).toBe("unreadable-state");
    }
    expect(gate.signatures()).toBe(2);
  });

  test("a note of its size that says something else is an alarm, and stays", async () => {
    await noteOf(at(2));
    const other = await store.get("acme/notes/2");
    await store.putIfAbsent("acme/notes/3", other?.bytes ?? utf8(""));
    expect(await refusalOf(at(3), proof(2, 3))).toBe("other-note");
  });
});

describe("races and crashes", () => {
  test("of two that sign different trees at once, one wins and the other is told to look again", async () => {
    await noteOf(at(3));
    const answers = await Promise.all([
      signCheckpoint(gate.ports, "acme", at(7), proof(3, 7)),
      signCheckpoint(gate.ports, "acme", at(9), proof(3, 9)),
    ]);
    const refused = answers.flatMap((answer) => ("refused" in answer ? [answer.refused] : []));
    expect(refused).toEqual(["raced"]);
    expect(gate.signatures()).toBe(4);
  });

  test("after a crash between the swap and the signature, only the swapped digest is signed", async () => {
    await noteOf(at(3));
    await expect(testGate(store, brokenKeys).noteOf(at(7), proof(3, 7))).rejects.toBe(down);
    expect(await refusalOf(forked(7))).toBe("fork");
    expect(await refusalOf(at(6), proof(3, 6))).toBe("fork");
    const note = await noteOf(at(7));
    expect(openCheckpoint(note, logKeys)).toMatchObject({ checkpoint: at(7) });
  });

  test("after a crash between the signature and its keeping, every answer is the one note that is kept", async () => {
    const losing = { ...store, putIfAbsent: () => Promise.reject(down) };
    await expect(testGate(losing).noteOf(at(4))).rejects.toBe(down);
    const [a, b] = await Promise.all([noteOf(at(4)), noteOf(at(4))]);
    expect(a).toEqual(b);
    expect((await store.get("acme/notes/4"))?.bytes).toEqual(a);
  });

  test("when the swap's answer is lost, the next call finds the swap and signs", async () => {
    const losing: ObjectStore = {
      ...store,
      replace: async (...request) => {
        await store.replace(...request);
        throw down;
      },
    };
    await expect(testGate(losing).noteOf(at(4))).rejects.toBe(down);
    expect(openCheckpoint(await noteOf(at(4)), logKeys)).toMatchObject({ checkpoint: at(4) });
  });
});

describe("the time of a note that is signed when more was signed meanwhile is one at which its tree was the largest", () => {
  let seconds = 0n;
  const clock = () => ++seconds * 1_000_000n;
  const timeOf = (answer: Awaited<ReturnType<typeof signCheckpoint>>): bigint => {
    const opened = "note" in answer ? openCheckpoint(answer.note, logKeys) : answer;
    if ("refused" in opened) throw new Error(opened.refused);
    return opened.signatures[1]?.timeSeconds ?? 0n;
  };
  /** Signs size 7 over a store that lets another call sign size 9 right after the `write` or read of the state. */
  async function bothTimes(call: "replace" | "get"): Promise<[early: bigint, late: bigint]> {
    const later = { ...gate.ports, clock };
    const times: bigint[] = [];
    const meanwhile = async <T>(answer: T): Promise<T> => {
      if (times.length > 0) return answer;
      times.push(0n);
      times[0] = timeOf(await signCheckpoint(later, "acme", at(9), proof(7, 9)));
      return answer;
    };
    const slow: ObjectStore = {
      ...store,
      replace: async (...request) => {
        const answer = await store.replace(...request);
        return call === "replace" ? meanwhile(answer) : answer;
      },
      get: async (key) => {
        const answer = await store.get(key);
        return call === "get" && key === "acme/latest" ? meanwhile(answer) : answer;
      },
    };
    const early = timeOf(
      await signCheckpoint({ ...later, store: slow }, "acme", at(7), proof(3, 7)),
    );
    return [early, times[0] ?? 0n];
  }

  test("after the swap", async () => {
    await noteOf(at(3));
    const [early, late] = await bothTimes("replace");
    expect(early).toBeLessThan(late);
  });

  test("after a crash, when the call that signs in its place has read the state", async () => {
    await noteOf(at(3));
    await expect(testGate(store, brokenKeys).noteOf(at(7), proof(3, 7))).rejects.toBe(down);
    const [early, late] = await bothTimes("get");
    expect(early).toBeLessThan(late);
  });
});

test("the keys of a note are the log's own: the same keys by another log's name open nothing", async () => {
  const foreign = logKeys.map(({ type, publicKey }) =>
    verifierKey("test.countersign.example/zeta", type, publicKey),
  );
  expect(openCheckpoint(await noteOf(at(1)), foreign)).toEqual({ refused: "unknown-signer" });
});
