import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { advance } from "../../functions/publisher/advance.ts";
import { publish } from "../../functions/publisher/core.ts";
import { receiptFor } from "../../functions/publisher/receipt.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import { parseBundle } from "../../shared/log/bundle.ts";
import { leafHash } from "../../shared/log/hash.ts";
import { formatNote, parseNote } from "../../shared/log/note.ts";
import { openCheckpoint } from "../../shared/log/open-checkpoint.ts";
import { bundlePath, newBundles, newTiles, tilePath } from "../../shared/log/tile.ts";
import { rootFromTiles } from "../../shared/log/tile-reader.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { formatTlogProof } from "../../shared/proof/tlog-proof.ts";
import { verifyTlogProof } from "../../shared/proof/verify-checkpoint.ts";
import { ed25519Signer } from "../log/signers.ts";
import { sampleRecords } from "../sequencer/sample-log.ts";
import { originOf, type PublishedLog, publishedLog } from "./published-log.ts";

let log: PublishedLog;
beforeEach(async () => {
  log = await publishedLog("acme", "zeta");
});
afterEach(() => log.close());

const bytesAt = async (key: string, store = log.published): Promise<Uint8Array> => {
  const found = await store.get(`acme/${key}`);
  if (found === undefined) throw new Error(`${key} is not published`);
  return found.bytes;
};
const keys = async (store: ObjectStore = log.published): Promise<string[]> => {
  const all: string[] = [];
  for await (const key of store.list("acme/")) all.push(key.slice("acme/".length));
  return all;
};
const put = async (key: string, bytes: Uint8Array) => {
  await log.published.delete(`acme/${key}`);
  await log.published.putIfAbsent(`acme/${key}`, bytes);
};
const checkpoint = async () => {
  const opened = openCheckpoint(await bytesAt("checkpoint"), log.logKeys);
  if ("refused" in opened) throw new Error(opened.refused);
  return opened.checkpoint;
};
const grow = async (count: number, first = 0, ports = log.ports) => {
  await log.submit(sampleRecords(count, first));
  return advance(ports, "acme");
};
/** Whether a tree of `size` has the full tile that the partial one at `path` became. */
const isReplaced = (path: string, size: bigint): boolean => {
  const [, full = "", level = "", index = ""] = /^(tile\/(.+)\/(\d{3}))\.p\//.exec(path) ?? [];
  if (full === "") return false;
  return size >> (8n * BigInt(level === "entries" ? 1 : Number(level) + 1)) > BigInt(index);
};
/** A C2SP client's view: the tiles under the checkpoint lead to its root, the bundles to the tiles. */
async function expectReadable(size: number): Promise<void> {
  const head = await checkpoint();
  expect(head).toMatchObject({ origin: originOf("acme"), size: BigInt(size) });
  expect(await rootFromTiles(head.size, (id) => bytesAt(tilePath(id)))).toEqual(head.root);
  const records = sampleRecords(size).map(({ record }) => record);
  for (const id of newBundles(0n, head.size)) {
    const entries = parseBundle(await bytesAt(bundlePath(id)), id.width);
    const from = Number(id.index) * 256;
    const expected = records.slice(from, from + id.width);
    expect(entries.length).toBe(expected.length);
    expect(Buffer.concat(entries).equals(Buffer.concat(expected))).toBe(true);
    const tile = await bytesAt(tilePath({ level: 0, ...id }));
    expect(Buffer.concat(entries.map(leafHash)).equals(tile)).toBe(true);
  }
}

describe("what is published", () => {
  test("a C2SP client reads checkpoints, tiles and bundles of every size; what full ones replaced is gone", async () => {
    let size = 0;
    const paths = new Set<string>();
    for (const count of [1, 4, 250, 1, 1, 255, 513]) {
      for (const id of newTiles(BigInt(size), BigInt(size + count))) paths.add(tilePath(id));
      for (const id of newBundles(BigInt(size), BigInt(size + count))) paths.add(bundlePath(id));
      expect(await grow(count, size)).toEqual({ placed: count, size: BigInt(size + count) });
      size += count;
      await expectReadable(size);
      paths.add(`checkpoints/${size}`);
      for (const path of paths) if (isReplaced(path, BigInt(size))) paths.delete(path);
      expect(await bytesAt(`checkpoints/${size}`)).toEqual(await bytesAt("checkpoint"));
    }
    const now = (await keys()).filter((key) => !key.startsWith("edges/"));
    expect(new Set(now)).toEqual(new Set([...paths, "checkpoint"]));
  });

  test("nothing new: no signature, no write", async () => {
    await grow(3);
    const before = await keys();
    expect(await advance(log.ports, "acme")).toEqual({ placed: 0, size: 3n });
    expect(await keys()).toEqual(before);
    expect(await advance(log.ports, "never-opened")).toEqual({ placed: 0, size: 0n });
  });

  test("a full tile is written once: other processes that come later find it", async () => {
    await grow(600);
    const written: string[] = [];
    const watched: ObjectStore = {
      ...log.published,
      putIfAbsent: (key, bytes) => {
        written.push(key.slice("acme/".length));
        return log.published.putIfAbsent(key, bytes);
      },
    };
    await grow(10, 600, log.over({ published: watched }));
    expect(written.sort()).toEqual(["checkpoints/610", "tile/0/002.p/98", "tile/entries/002.p/98"]);
  });
});

describe("crashes and races", () => {
  test("killed before any write, the next step publishes the same bytes as if nothing had happened", async () => {
    await grow(300);
    await log.submit(sampleRecords(300, 300));
    const whole = memoryStore();
    for (const key of await keys()) await whole.putIfAbsent(`acme/${key}`, await bytesAt(key));
    for (let allowed = 0; ; allowed++) {
      const step = await advance(
        log.over({ published: diesAfter(log.published, allowed) }),
        "acme",
      ).catch((error: unknown) => error);
      if (!(step instanceof Unavailable)) break;
      const head = await checkpoint();
      expect(await rootFromTiles(head.size, (id) => bytesAt(tilePath(id)))).toEqual(head.root);
    }
    await expectReadable(600);
    await advance(log.over({ published: whole }), "acme");
    expect(await keys(whole)).toEqual(await keys());
    for (const key of await keys()) expect(await bytesAt(key, whole)).toEqual(await bytesAt(key));
  });

  test("killed between the gate's swap and its note, the same digest is signed and published", async () => {
    await grow(5);
    const dying = log.over({ signed: diesAfter(log.signed, 1) });
    await expect(grow(5, 5, dying)).rejects.toThrow(Unavailable);
    expect(await log.signed.get("acme/notes/10")).toBeUndefined();
    expect(await grow(5, 10)).toEqual({ placed: 5, size: 15n });
    await expectReadable(15);
  });

  test("four that advance one log while it grows end at one checkpoint, without an alarm", async () => {
    let growing = true;
    const steps: unknown[] = [];
    const submitting = (async () => {
      for (let i = 0; i < 10; i++) await log.submit(sampleRecords(30, 30 * i));
      growing = false;
    })();
    const advancing = Array.from({ length: 4 }, async () => {
      const ports = log.over({});
      while (growing) {
        steps.push(await advance(ports, "acme").catch((error: unknown) => error));
      }
    });
    await Promise.all([submitting, ...advancing]);
    await advance(log.ports, "acme");
    await expectReadable(300);
    for (const step of steps) {
      if (step instanceof Error) expect(step).toBeInstanceOf(Unavailable);
      else expect(step).not.toHaveProperty("alarm");
    }
  });

  test("a step that is overtaken between its digest and the gate looks again and raises no alarm", async () => {
    await grow(3);
    await log.submit(sampleRecords(2, 3));
    const { gate } = log.ports;
    let overtaken = 0;
    const slow = {
      ...gate,
      sign: async (...request: Parameters<typeof gate.sign>) => {
        if (overtaken++ < 2) await grow(2, 3 + 2 * overtaken);
        return gate.sign(...request);
      },
    };
    expect(await advance({ ...log.ports, gate: slow }, "acme")).toEqual({ placed: 2, size: 9n });
    await expectReadable(9);
  });

  test("a note older than the published checkpoint never takes its place", async () => {
    await grow(5);
    const old = await bytesAt("checkpoint");
    await grow(5, 5);
    expect(await publish(log.ports, "acme", old)).toEqual({ size: 5n });
    await expectReadable(10);
  });
});

describe("alarms", () => {
  test.each([
    ["tile/0/001", "other-bytes"],
    ["tile/entries/001", "other-bytes"],
    ["checkpoints/600", "other-bytes"],
  ])("other bytes where %s belongs: they stay, and no checkpoint is shown", async (key, alarm) => {
    await grow(300);
    await put(key, utf8("other bytes"));
    expect(await grow(300, 300)).toMatchObject({ alarm });
    expect(await bytesAt(key)).toEqual(utf8("other bytes"));
    expect((await checkpoint()).size).toBe(300n);
  });

  test("a published tile that was changed or removed can't be built upon", async () => {
    await grow(300);
    const tile = await bytesAt("tile/1/000.p/1");
    await put(
      "tile/1/000.p/1",
      tile.map((byte) => byte ^ 1),
    );
    expect(await grow(300, 300)).toMatchObject({ alarm: "root-mismatch" });
    await log.published.delete("acme/tile/1/000.p/1");
    expect(await advance(log.ports, "acme")).toMatchObject({ alarm: "root-mismatch" });
    await put("tile/1/000.p/1", tile);
    expect(await advance(log.ports, "acme")).toEqual({ placed: 0, size: 600n });
  });

  test("a record that was changed after sequencing is never published", async () => {
    await log.submit(sampleRecords(20));
    await log.ports.engine.sequence("acme");
    await log.owner.query("UPDATE entry SET record = $1 WHERE idx = 7", [utf8("{}")]);
    const alarm = await advance(log.ports, "acme");
    expect(alarm).toEqual({ alarm: "record-altered", detail: "entry 7 has not its leaf hash" });
    expect(await keys()).toEqual([]);
  });

  test("a record changed together with its leaf hash doesn't lead to the signed root", async () => {
    await log.submit(sampleRecords(20));
    await log.ports.engine.sequence("acme");
    const record = utf8("{}");
    await log.owner.query("UPDATE entry SET record = $1, leaf_hash = $2 WHERE idx = 7", [
      record,
      leafHash(record),
    ]);
    expect(await advance(log.ports, "acme")).toMatchObject({ alarm: "root-mismatch" });
    expect(await keys()).toEqual([]);
  });

  test("rows that are missing are named", async () => {
    await log.submit(sampleRecords(20));
    await log.ports.engine.sequence("acme");
    await log.owner.query("DELETE FROM entry WHERE idx = 19");
    expect(await advance(log.ports, "acme")).toEqual({
      alarm: "root-mismatch",
      detail: "committed entries below size 20 are missing",
    });
  });

  test("a database restored to the past, or rewritten, is a fork, and nothing more is published", async () => {
    await grow(10);
    const before = await keys();
    await log.owner.query("DELETE FROM entry WHERE idx >= 5");
    await log.owner.query("DELETE FROM checkpoint");
    await log.owner.query("UPDATE head SET size = 0, frontier = ''::bytea, root = ''::bytea");
    await log.owner.query("DELETE FROM entry");
    expect(await advance(log.ports, "acme")).toMatchObject({ alarm: "fork" });
    expect(await grow(4, 0)).toMatchObject({ alarm: "fork" });
    expect(await grow(6, 50)).toMatchObject({ alarm: "fork" });
    expect(await grow(6, 60)).toMatchObject({ alarm: "not-an-extension" });
    expect(await keys()).toEqual(before);
  });

  test("a signer that lost its state signs nothing more", async () => {
    await grow(10);
    await log.signed.delete("acme/latest");
    expect(await grow(1, 10)).toMatchObject({ alarm: "no-state" });
    expect((await checkpoint()).size).toBe(10n);
  });

  test("a checkpoint by another key, of another log, or no checkpoint at all, is noticed", async () => {
    await grow(10);
    const mallory = ed25519Signer(originOf("acme"), 66);
    const text = `${originOf("acme")}\n99\n${Buffer.alloc(32).toString("base64")}\n`;
    for (const bytes of [
      formatNote({ text, signatures: [mallory.sign(text)] }),
      await asIfOf("acme", await noteOf("zeta")),
      utf8("checkpoint"),
      new Uint8Array(0),
    ]) {
      await put("checkpoint", bytes);
      expect(await advance(log.ports, "acme")).toMatchObject({ alarm: "foreign-checkpoint" });
    }
  });
});

/** The first note of another log under the same KMS keys. */
async function noteOf(insurer: string): Promise<Uint8Array> {
  await log.submit(sampleRecords(3, 0, insurer), insurer);
  await advance(log.ports, insurer);
  return (await log.published.get(`${insurer}/checkpoint`))?.bytes ?? utf8("");
}

/** `note` with its Ed25519 line renamed to the log of `insurer`: the key is one, so the signature still verifies. */
async function asIfOf(insurer: string, note: Uint8Array): Promise<Uint8Array> {
  const { text, signatures } = parseNote(note);
  const [ed25519] = await log.ports.logKeys(insurer);
  const [line] = signatures;
  if (!ed25519 || !line) throw new Error("a log signs");
  return formatNote({ text, signatures: [{ ...line, name: ed25519.name, keyId: ed25519.id }] });
}

describe("receipts", () => {
  const policy = () => ({
    logs: log.logKeys.map((key) => ({ key })),
    witnesses: [],
    groups: [],
    quorum: "none",
  });

  test("every record's receipt verifies under the log's trust policy; no other record's does", async () => {
    await grow(300);
    const records = sampleRecords(300);
    for (const index of [0, 1, 255, 256, 299]) {
      const record = records[index]?.record ?? utf8("");
      const parts = await receiptFor(log.published, "acme", BigInt(index), record);
      if (parts === "pending") throw new Error("pending");
      const receipt = formatTlogProof(parts);
      expect(verifyTlogProof(receipt, policy(), leafHash(record))).toMatchObject({
        index: BigInt(index),
        checkpoint: { size: 300n },
      });
      const other = records[(index + 1) % 300]?.record ?? utf8("");
      expect(verifyTlogProof(receipt, policy(), leafHash(other))).toMatchObject({
        refused: "not-included",
      });
    }
  });

  test("a record is pending until a published checkpoint covers it", async () => {
    const [first, second] = sampleRecords(2);
    const at = (index: bigint, record = utf8("")) =>
      receiptFor(log.published, "acme", index, record);
    expect(await at(0n, first?.record)).toBe("pending");
    await grow(1);
    await log.submit(sampleRecords(1, 1));
    await log.ports.engine.sequence("acme");
    expect(await at(1n, second?.record)).toBe("pending");
    expect(await at(0n, first?.record)).not.toBe("pending");
    await advance(log.ports, "acme");
    expect(await at(1n, second?.record)).not.toBe("pending");
  });

  test("files that don't show the record give no receipt", async () => {
    await grow(5);
    const record = sampleRecords(5)[2]?.record ?? utf8("");
    const ask = (bytes = record) => receiptFor(log.published, "acme", 2n, bytes);
    await expect(ask(utf8("another"))).rejects.toThrow(Unavailable);
    const tile = await bytesAt("tile/0/000.p/5");
    await put(
      "tile/0/000.p/5",
      tile.map((byte, i) => (i === 0 ? byte ^ 1 : byte)),
    );
    await expect(ask()).rejects.toThrow(Unavailable);
    await log.published.delete("acme/tile/0/000.p/5");
    await expect(ask()).rejects.toThrow(Unavailable);
  });
});

/** `store`, but after `allowed` writes every further one fails and has no effect. */
function diesAfter(store: ObjectStore, allowed: number): ObjectStore {
  let left = allowed;
  const spend = () => {
    if (left-- <= 0) throw new Unavailable("test", "the process is dead");
  };
  return {
    ...store,
    putIfAbsent: async (key, bytes) => {
      spend();
      return store.putIfAbsent(key, bytes);
    },
    replace: async (key, bytes, held) => {
      spend();
      return store.replace(key, bytes, held);
    },
  };
}
