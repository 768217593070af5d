import { describe, expect, test } from "@jest/globals";
import { utf8 } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";

/** What every ObjectStore must do. `make` gives an empty store. */
export function objectStoreContract(name: string, make: () => Promise<ObjectStore>): void {
  describe(`object store: ${name}`, () => {
    test("gives back the bytes that were put, and nothing where nothing was put", async () => {
      const store = await make();
      expect(await store.get("tile/0/000")).toBeUndefined();
      expect(await store.putIfAbsent("tile/0/000", Uint8Array.of(0, 255, 10))).toBe("stored");
      expect([...(await bytesAt(store, "tile/0/000"))]).toEqual([0, 255, 10]);
      expect(await store.get("tile/0")).toBeUndefined();
      expect(await store.get("tile/0/000/more")).toBeUndefined();
    });

    test("keeps an empty object", async () => {
      const store = await make();
      expect(await store.putIfAbsent("empty", new Uint8Array())).toBe("stored");
      expect((await store.get("empty"))?.bytes).toHaveLength(0);
      expect(await store.putIfAbsent("empty", utf8("x"))).toBe("exists");
    });

    test("put-if-absent leaves what is there alone, even if it is the same", async () => {
      const store = await make();
      await store.putIfAbsent("checkpoints/7", utf8("first"));
      expect(await store.putIfAbsent("checkpoints/7", utf8("second"))).toBe("exists");
      expect(await store.putIfAbsent("checkpoints/7", utf8("first"))).toBe("exists");
      expect(await bytesAt(store, "checkpoints/7")).toEqual(Buffer.from("first"));
    });

    test("of many puts at once exactly one is stored, whole", async () => {
      const store = await make();
      const texts = Array.from({ length: 12 }, (_, i) => String(i).repeat(1000));
      const outcomes = await Promise.all(texts.map((text) => store.putIfAbsent("a/b", utf8(text))));
      expect(outcomes.filter((outcome) => outcome === "stored")).toHaveLength(1);
      const winner = texts[outcomes.indexOf("stored")] ?? "";
      expect(await bytesAt(store, "a/b")).toEqual(Buffer.from(winner));
    });

    test("replace swaps only what the caller held", async () => {
      const store = await make();
      expect(await store.replace("checkpoint", utf8("one"), undefined)).toBe("stored");
      expect(await store.replace("checkpoint", utf8("two"), undefined)).toBe("changed");
      const held = await tagAt(store, "checkpoint");
      expect(await store.replace("checkpoint", utf8("two"), held)).toBe("stored");
      expect(await store.replace("checkpoint", utf8("three"), held)).toBe("changed");
      expect(await bytesAt(store, "checkpoint")).toEqual(Buffer.from("two"));
    });

    test("replace of something that is gone changes nothing", async () => {
      const store = await make();
      await store.putIfAbsent("checkpoint", utf8("one"));
      const held = await tagAt(store, "checkpoint");
      await store.delete("checkpoint");
      expect(await store.replace("checkpoint", utf8("two"), held)).toBe("changed");
      expect(await store.get("checkpoint")).toBeUndefined();
    });

    test("of many replaces at once that hold the same tag exactly one is stored", async () => {
      const store = await make();
      await store.putIfAbsent("latest", utf8("0"));
      for (let round = 0; round < 5; round++) {
        const held = await tagAt(store, "latest");
        const texts = Array.from({ length: 8 }, (_, i) => `round ${round}, ${i}`);
        const outcomes = await Promise.all(
          texts.map((text) => store.replace("latest", utf8(text), held)),
        );
        expect(outcomes.filter((outcome) => outcome === "stored")).toHaveLength(1);
        const winner = texts[outcomes.indexOf("stored")] ?? "";
        expect(await bytesAt(store, "latest")).toEqual(Buffer.from(winner));
      }
    });

    test("a tag differs where the bytes differ", async () => {
      const store = await make();
      await store.putIfAbsent("a", utf8("one"));
      await store.putIfAbsent("b", utf8("two"));
      expect(await tagAt(store, "a")).not.toBe(await tagAt(store, "b"));
    });

    test("lists keys under a prefix, a part of a name too, sorted by code point", async () => {
      const store = await make();
      const keys = ["t/0/000", "t/0/000.p/3", "t/0-1", "t/0/x001/067", "T", "t/01", "s/z", "t/0.1"];
      for (const key of keys) await store.putIfAbsent(key, utf8(key));
      expect(await listed(store, "")).toEqual([...keys].sort());
      expect(await listed(store, "t/0/")).toEqual(["t/0/000", "t/0/000.p/3", "t/0/x001/067"]);
      const under = ["t/0-1", "t/0.1", "t/0/000", "t/0/000.p/3", "t/0/x001/067", "t/01"];
      expect(await listed(store, "t/0")).toEqual(under);
      expect(await listed(store, "t/0/000/")).toEqual([]);
      expect(await listed(store, "u/")).toEqual([]);
    });

    test("delete removes one object, and is fine where there is none", async () => {
      const store = await make();
      await store.putIfAbsent("sealed/a", utf8("a"));
      await store.putIfAbsent("sealed/b", utf8("b"));
      await store.delete("sealed/a");
      await store.delete("sealed/a");
      await store.delete("never/was");
      expect(await listed(store, "")).toEqual(["sealed/b"]);
      expect(await store.putIfAbsent("sealed/a", utf8("again"))).toBe("stored");
    });

    test.each([
      "",
      "/",
      "/a",
      "a/",
      "a//b",
      ".",
      "..",
      "../a",
      "a/../b",
      "a/./b",
      "a\\b",
      "a b",
      "a\0b",
      "ä",
      "~aside/lock",
      "%2e%2e/a",
      "a".repeat(256),
      `${"a/".repeat(256)}a`,
    ])("refuses the key %j everywhere", async (key) => {
      const store = await make();
      await expect(store.get(key)).rejects.toThrow(Malformed);
      await expect(store.putIfAbsent(key, utf8("x"))).rejects.toThrow(Malformed);
      await expect(store.replace(key, utf8("x"), undefined)).rejects.toThrow(Malformed);
      await expect(store.replace(key, utf8("x"), "tag")).rejects.toThrow(Malformed);
      await expect(store.delete(key)).rejects.toThrow(Malformed);
      expect(await listed(store, "")).toEqual([]);
    });

    test.each(["/", "../", "a/../", "a//", "./a", "ä", "~"])(
      "refuses to list %j",
      async (prefix) => {
        await expect(listed(await make(), prefix)).rejects.toThrow(Malformed);
      },
    );

    test("what a caller does to its array later changes nothing", async () => {
      const store = await make();
      const bytes = utf8("before");
      await store.putIfAbsent("a", bytes);
      bytes.fill(0);
      (await bytesAt(store, "a")).fill(0);
      expect(await bytesAt(store, "a")).toEqual(Buffer.from("before"));
    });
  });
}

async function bytesAt(store: ObjectStore, key: string): Promise<Buffer> {
  const found = await store.get(key);
  return Buffer.from(found!.bytes.buffer, found!.bytes.byteOffset, found!.bytes.length);
}

const tagAt = async (store: ObjectStore, key: string): Promise<string | undefined> =>
  (await store.get(key))?.tag;

async function listed(store: ObjectStore, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of store.list(prefix)) keys.push(key);
  return keys;
}
