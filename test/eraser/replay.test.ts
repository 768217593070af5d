import { describe, expect, test } from "@jest/globals";
import type { EraserPorts } from "../../functions/eraser/effects.ts";
import { replayErasures } from "../../functions/eraser/replay.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import type { Json } from "../../shared/base/canonical.ts";
import { formatBundle } from "../../shared/log/bundle.ts";
import { leafHash } from "../../shared/log/hash.ts";
import { bundlePath, newBundles } from "../../shared/log/tile.ts";
import { treeOf } from "../../shared/log/tree.ts";
import { formatRecord } from "../../shared/record/record.ts";
import { partKey } from "../../shared/record/sealed-store.ts";
import type { RecordType } from "../../shared/record/types.ts";
import { logSigners, signCheckpoint } from "../log/signers.ts";

const origin = "replay.example/acme";
const signers = logSigners(origin, 1);
const keys = signers.map(({ key }) => key);
const [person, other, claim] = ["a", "b", "c"].map((digit) => digit.repeat(32)) as [
  string,
  string,
  string,
];

const recordOf = (type: RecordType, stream: string, open: Record<string, Json>): Uint8Array =>
  formatRecord({
    origin,
    type,
    stream,
    version: 3n,
    prev: new Uint8Array(32),
    time: "2026-03-04T12:00Z",
    actor: "machine",
    body: { public: open },
  });
const erasureOf = (whom: string): Uint8Array =>
  recordOf("erasure.recorded", whom, {
    classes: ["identity-and-health", "financial"],
    covers: [{ as: "subject", stream: claim, version: "2" }],
  });
const asked = recordOf("erasure.requested", person, {
  classes: ["financial"],
  basis: "request",
  by: null,
});
const entries = [asked, erasureOf(person), asked];

/** A published log that shows `shown` under a checkpoint of `signed`. */
async function publishedLog(shown: readonly Uint8Array[], signed = shown, by = signers) {
  const store = memoryStore();
  const tree = treeOf(signed.map(leafHash));
  const checkpoint = { origin, size: tree.size, root: tree.root, extensions: [] };
  await store.putIfAbsent("acme/checkpoint", signCheckpoint(checkpoint, by));
  for (const id of newBundles(0n, BigInt(shown.length))) {
    await store.putIfAbsent(`acme/${bundlePath(id)}`, formatBundle(shown));
  }
  return store;
}

/** A private store with a ciphertext of each of two persons, and an eraser that says which keys it was told to destroy. */
async function eraserOver() {
  const sealed = memoryStore();
  for (const each of [person, other]) {
    const part = { person: each, class: "financial" };
    await sealed.putIfAbsent(partKey("acme", claim, 1n, part), utf8("ciphertext"));
  }
  const destroyed: string[] = [];
  const none = async () => undefined;
  // The rows are an older copy: they know nothing of the claim.
  const claims = async () => [];
  const rows = {
    ...{ deleteParts: none, blankState: none, deleteReplies: none, forgetPrincipal: none },
    claims,
  };
  const eraser = {
    rows,
    sealed,
    evidence: memoryStore(),
    keys: { destroy: async (of: { person: string }) => void destroyed.push(of.person) },
  } as unknown as EraserPorts;
  const left: string[] = [];
  const run = async (published: Awaited<ReturnType<typeof publishedLog>>, held = keys) => {
    const done = await replayErasures(eraser, published, "acme", held);
    for await (const key of sealed.list("")) left.push(key.split(".")[1] ?? "");
    return { done, destroyed, left };
  };
  return { run };
}

describe("a start's replay", () => {
  test("erases again what the signed log says, and nobody else", async () => {
    const { run } = await eraserOver();
    expect(await run(await publishedLog(entries))).toEqual({
      done: { replayed: 1 },
      destroyed: [person, person],
      left: [other],
    });
  });

  const planted = [...entries.slice(0, 2), erasureOf(other)];
  test.each([
    ["an erasure that nobody signed", () => publishedLog(planted, entries), /other entries/],
    [
      "a checkpoint of another's",
      () => publishedLog(planted, planted, logSigners(origin, 2)),
      /checkpoint/,
    ],
    ["a bundle cut short", () => publishedLog(entries.slice(0, 2), entries), /is missing/],
  ])("destroys nothing on the word of %s", async (_, log, why) => {
    const { run } = await eraserOver();
    expect(await run(await log())).toEqual({
      done: { doubted: expect.stringMatching(why) },
      destroyed: [],
      left: [person, other],
    });
  });

  test("has nothing to do where nothing is published", async () => {
    const { run } = await eraserOver();
    expect((await run(memoryStore())).done).toEqual({ replayed: 0 });
  });
});
