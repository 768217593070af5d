import { expect } from "@jest/globals";
import { fromUtf8, toHex, utf8 } from "../../shared/base/bytes.ts";
import { parseBundle } from "../../shared/log/bundle.ts";
import { leafHash } from "../../shared/log/hash.ts";
import { openCheckpoint } from "../../shared/log/open-checkpoint.ts";
import { bundlePath, newBundles, newTiles, tilePath } from "../../shared/log/tile.ts";
import { type Tree, treeOf } from "../../shared/log/tree.ts";
import type { Witnesses } from "../../shared/ports/witnesses.ts";
import { verifyCheckpoint } from "../../shared/proof/verify-checkpoint.ts";
import { insurer, type openStage } from "./stage.ts";

type Stage = Pick<ReturnType<typeof openStage>, "walk" | "signed" | "published">;

/** A placed entry as the database has it. */
export interface EntryRow {
  readonly idx: bigint;
  readonly event_id: string;
  readonly stream: string;
  readonly version: bigint;
  readonly leaf_hash: Uint8Array;
  readonly record: Uint8Array;
}

/** Every note ever kept, published or seen, by where it was found. */
async function* notes(
  stage: Stage,
  seen: ReadonlySet<string>,
): AsyncGenerator<readonly [string, Uint8Array]> {
  for (const note of seen) yield ["seen", utf8(note)];
  for (const [store, prefix] of [
    [stage.signed, `${insurer}/notes/`],
    [stage.published, `${insurer}/checkpoint`],
  ] as const) {
    for await (const key of store.list(prefix)) {
      const found = await store.get(key);
      if (found) yield [key, found.bytes];
    }
  }
}

/** How many notes there are; throws where one is not a prefix of `tree`, or is not cosigned as `quorum` asks though it was published. */
export async function requireOneView(
  stage: Stage,
  quorum: Witnesses["policy"],
  seen: ReadonlySet<string>,
  leaves: readonly Uint8Array[],
): Promise<number> {
  const keys = await stage.walk.logKeys(insurer);
  const policy = { ...quorum, logs: keys.map((key) => ({ key })) };
  const sizes = new Set<bigint>();
  for await (const [where, note] of notes(stage, seen)) {
    const read = openCheckpoint(note, keys);
    if ("refused" in read) throw new Error(`${where}: ${read.refused}`);
    const kept = where.startsWith(`${insurer}/notes/`);
    expect([where, kept || verifyCheckpoint(note, policy)]).toEqual([
      where,
      kept || read.checkpoint,
    ]);
    const { size, root } = read.checkpoint;
    const prefix = treeOf(leaves.slice(0, Number(size)));
    expect({ where, size, root: toHex(root) }).toEqual({
      where,
      size: prefix.size,
      root: toHex(prefix.root),
    });
    sizes.add(size);
  }
  expect([...sizes].every((size) => size <= BigInt(leaves.length))).toBe(true);
  return sizes.size;
}

/** Every published tile and bundle has the bytes the entries give it. */
export async function requirePublished(
  stage: Stage,
  tree: Tree,
  rows: readonly EntryRow[],
): Promise<void> {
  const bytesAt = async (path: string): Promise<Uint8Array> => {
    const found = await stage.published.get(`${insurer}/${path}`);
    if (!found) throw new Error(`${path} is not published`);
    return found.bytes;
  };
  for (const id of newTiles(0n, tree.size)) {
    const hashes = tree.subtrees(8 * id.level, id.index * 256n, id.width);
    expect(toHex(await bytesAt(tilePath(id)))).toBe(toHex(hashes));
  }
  for (const id of newBundles(0n, tree.size)) {
    const from = Number(id.index) * 256;
    const leaves = parseBundle(await bytesAt(bundlePath(id)), id.width)
      .map(leafHash)
      .map(toHex);
    const expected = rows.slice(from, from + id.width).map((row) => toHex(row.leaf_hash));
    expect(leaves).toEqual(expected);
  }
}

/** Each stream's versions stand in order, from 1 on, each naming the one before. */
export function requireChains(rows: readonly EntryRow[]): void {
  const last = new Map<string, { version: bigint; leaf: string }>();
  for (const { stream, version, leaf_hash, record } of rows) {
    const before = last.get(stream);
    const { prev } = JSON.parse(fromUtf8(record)) as { prev: string | null };
    expect({ stream, version, prev }).toEqual({
      stream,
      version: (before?.version ?? 0n) + 1n,
      prev: before?.leaf ?? null,
    });
    last.set(stream, { version, leaf: toHex(leaf_hash) });
  }
}
