import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "@jest/globals";
import { faultyStore } from "../../local/objects/faulty.ts";
import { folderStore } from "../../local/objects/folder.ts";
import { translated } from "../../local/objects/folder-error.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { objectStoreContract } from "../contract/objects.ts";

const made: string[] = [];
const folder = async () => {
  const path = await mkdtemp(join(tmpdir(), "objects-"));
  made.push(path);
  return path;
};
afterAll(() => Promise.all(made.map((path) => rm(path, { recursive: true }))));

objectStoreContract("memory", async () => memoryStore());
objectStoreContract("folder", async () => folderStore(join(await folder(), "made/on demand")));
objectStoreContract("folder, not durable", async () =>
  folderStore(await folder(), { durable: false }),
);
objectStoreContract("faulty at rate 0", async () =>
  faultyStore(memoryStore(), "seed", { lost: 0, kept: 0 }),
);

async function keysOf(store: ObjectStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of store.list("")) keys.push(key);
  return keys;
}

describe("a folder store", () => {
  test("holds plain files that other programs can read", async () => {
    const root = await folder();
    await folderStore(root).putIfAbsent("tile/0/000", utf8("hashes"));
    expect((await stat(join(root, "tile/0/000"))).size).toBe(6);
  });

  test("reads as empty where there is no folder, and makes none", async () => {
    const root = join(await folder(), "absent");
    const store = folderStore(root);
    expect(await store.get("a")).toBeUndefined();
    expect(await keysOf(store)).toEqual([]);
    await store.delete("a");
    await expect(stat(root)).rejects.toThrow("ENOENT");
  });

  test("leaves nothing aside, whatever the outcome", async () => {
    const root = await folder();
    const store = folderStore(root);
    await Promise.all(["1", "2", "3"].map((text) => store.putIfAbsent("a", utf8(text))));
    await Promise.all(["1", "2", "3"].map((text) => store.replace("a", utf8(text), "other")));
    expect(await readdir(join(root, "~aside"))).toEqual(["lock"]);
  });

  test("shows nothing of a writer that was killed, and clears it away after an hour", async () => {
    const root = await folder();
    await mkdir(join(root, "~aside"));
    for (const name of ["~old", "~new"]) await writeFile(join(root, "~aside", name), "half");
    await utimes(join(root, "~aside/~old"), 1, 1);
    const store = folderStore(root);
    expect(await keysOf(store)).toEqual([]);
    await store.putIfAbsent("a", utf8("whole"));
    expect(await keysOf(store)).toEqual(["a"]);
    expect(await readdir(join(root, "~aside"))).toEqual(["~new"]);
  });

  test("follows no link: to a file, to a folder, or to nothing", async () => {
    const [root, outside] = [await folder(), await folder()];
    await writeFile(join(outside, "secret"), "secret");
    await symlink(join(outside, "secret"), join(root, "file"));
    await symlink(outside, join(root, "folder"));
    await symlink(join(outside, "nothing"), join(root, "dangling"));
    const store = folderStore(root);
    await expect(store.get("file")).rejects.toThrow(Malformed);
    await expect(store.get("folder/secret")).rejects.toThrow(Malformed);
    await expect(store.putIfAbsent("folder/planted", utf8("x"))).rejects.toThrow(Malformed);
    await expect(store.putIfAbsent("folder/deep/planted", utf8("x"))).rejects.toThrow(Malformed);
    await expect(store.replace("file", utf8("x"), "tag")).rejects.toThrow(Malformed);
    await expect(store.delete("folder/secret")).rejects.toThrow(Malformed);
    await expect(keysOf(store)).rejects.toThrow(Malformed);
    expect(await store.putIfAbsent("dangling", utf8("x"))).toBe("exists");
    expect(await readdir(outside)).toEqual(["secret"]);
  });

  test("may itself be reached by a link", async () => {
    const [root, place] = [await folder(), await folder()];
    await symlink(root, join(place, "link"));
    const store = folderStore(join(place, "link"));
    expect(await store.putIfAbsent("a/b", utf8("x"))).toBe("stored");
    expect(await keysOf(store)).toEqual(["a/b"]);
  });

  test("goes on after its folder was taken away", async () => {
    const root = join(await folder(), "root");
    const store = folderStore(root);
    await store.putIfAbsent("a/b/c", utf8("x"));
    await rm(root, { recursive: true });
    expect(await store.get("a/b/c")).toBeUndefined();
    expect(await store.putIfAbsent("a/b/c", utf8("x"))).toBe("stored");
  });

  test("refuses, as a bug, a key that is the folder of another", async () => {
    const store = folderStore(await folder());
    await store.putIfAbsent("a/b", utf8("x"));
    await expect(store.putIfAbsent("a", utf8("x"))).rejects.toThrow("folder of another");
    await expect(store.putIfAbsent("a/b/c", utf8("x"))).rejects.toThrow("folder of another");
  });

  test.each(["ENOSPC", "EIO", "EROFS"])(
    "says Unavailable on %s, and nothing else",
    async (code) => {
      const fail = (name: string) => async () => {
        throw Object.assign(new Error(name), { code: name });
      };
      await expect(translated(fail(code))).rejects.toThrow(Unavailable);
      await expect(translated(fail("EINVAL"))).rejects.not.toThrow(Unavailable);
    },
  );

  test("three processes that race to replace lose no update", async () => {
    const root = await folder();
    const racer = join(import.meta.dirname, "../contract/objects-racer.ts");
    const race = () => promisify(execFile)(process.execPath, [racer, root, "25"]);
    const runs = await Promise.all([race(), race(), race()]);
    const final = await folderStore(root).get("counter");
    expect(Buffer.from(final!.bytes).toString()).toBe("75");
    for (const { stderr } of runs) expect(stderr).toBe("");
  });
});

describe("a faulty store", () => {
  const fate = async (store: ObjectStore, key: string) =>
    store.putIfAbsent(key, utf8(key)).then(
      () => "fine",
      (error: unknown) => {
        expect(error).toBeInstanceOf(Unavailable);
        return "failed";
      },
    );
  const keys = Array.from({ length: 200 }, (_, i) => `k/${i}`);

  test("loses some writes, keeps others that it reports lost", async () => {
    const inner = memoryStore();
    const store = faultyStore(inner, "a", { lost: 0.2, kept: 0.2 });
    let lost = 0;
    let kept = 0;
    for (const key of keys) {
      if ((await fate(store, key)) === "fine") continue;
      if ((await inner.get(key)) === undefined) lost++;
      else kept++;
    }
    expect(lost).toBeGreaterThan(20);
    expect(kept).toBeGreaterThan(20);
    expect(lost + kept).toBeLessThan(120);
  });

  test("fails the same way for the same seed in any order, another way for another", async () => {
    const run = async (seed: string, order: readonly string[]) => {
      const store = faultyStore(memoryStore(), seed, { lost: 0.3, kept: 0.3 });
      const outcomes = await Promise.all(order.map(async (key) => [key, await fate(store, key)]));
      return new Map(outcomes as [string, string][]);
    };
    const first = await run("a", keys);
    expect(await run("a", [...keys].reverse())).toEqual(first);
    expect(await run("b", keys)).not.toEqual(first);
  });
});
