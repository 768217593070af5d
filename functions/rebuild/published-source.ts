import { publishedKey } from "../../shared/api/log-path.ts";
import type { LogSource } from "../../shared/audit/source.ts";
import { bundlePath, newBundles, newTiles, tilePath } from "../../shared/log/tile.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";

/** Where a published log is read, and the openings that go with it. */
export interface SourcePorts {
  readonly published: Pick<ObjectStore, "get" | "list">;
  /** The signer's own note of the size that is rebuilt: the published one may have been lost, or never shown. */
  readonly note: Uint8Array;
  /** What an audit bundle's openings file of this name holds. */
  readonly openings: (file: string) => Promise<Uint8Array | undefined>;
}

/**
 * The published log of `size` as an audit reads it. A partial tile or bundle that is gone from its place is taken from the newest kept edge that has it,
 * the newest note from the signer.
 */
export async function publishedSource(
  { published, note, openings }: SourcePorts,
  insurer: string,
  size: bigint,
): Promise<LogSource> {
  const prefix = publishedKey(insurer, "");
  const listed = async (folder: string): Promise<string[]> => {
    const paths: string[] = [];
    for await (const key of published.list(prefix + folder)) paths.push(key.slice(prefix.length));
    return paths;
  };
  const [notes, packs, edges] = [
    await listed("checkpoints/"),
    await listed("packs/"),
    await listed("edges/"),
  ];
  const newest = `checkpoints/${size}`;
  const tiles = [...newBundles(0n, size).map(bundlePath), ...newTiles(0n, size).map(tilePath)];
  const files = [...new Set([newest, ...notes, ...packs, ...tiles])].map(
    (path) => `public/${path}`,
  );
  const at = async (path: string) => (await published.get(prefix + path))?.bytes;
  const inEdges = async (path: string): Promise<Uint8Array | undefined> => {
    const copy = edges.findLast((edge) => edge.endsWith(`/${path}`));
    return copy === undefined ? undefined : at(copy);
  };
  const read = async (file: string): Promise<Uint8Array | undefined> => {
    if (!file.startsWith("public/")) return openings(file);
    const path = file.slice("public/".length);
    const found = await at(path);
    if (found !== undefined) return found;
    return path === newest ? note : path.includes(".p/") ? inEdges(path) : undefined;
  };
  return {
    insurer,
    withoutCopies: true,
    files: () => files.sort(),
    read,
    checkpoint: () => read(`public/${newest}`),
    notes: async () =>
      [...new Set([newest, ...notes])]
        .map((path) => ({ file: `public/${path}`, size: sizeOf(path) }))
        .sort((a, b) => (a.size < b.size ? -1 : 1)),
  };
}

/** The size in a note's name; 0, which no note has, where the name is none. */
const sizeOf = (path: string): bigint =>
  BigInt(/^checkpoints\/([1-9][0-9]{0,18})$/.exec(path)?.[1] ?? 0);
