import { equal } from "../../shared/base/bytes.ts";
import { type Checkpoint, parseCheckpoint } from "../../shared/log/checkpoint.ts";
import { parseNote } from "../../shared/log/note.ts";
import { parseTile, type TileId, tileHolding, tilePath } from "../../shared/log/tile.ts";
import { type FetchTile, rootFromTiles } from "../../shared/log/tile-reader.ts";
import { reading, Unreadable } from "../terminal/reading.ts";
import type { LogFiles } from "./log-files.ts";

/** A published log's newest checkpoint, its signatures not looked at, and its tiles. */
export interface LogTiles {
  readonly note: Uint8Array;
  readonly checkpoint: Checkpoint;
  /** Tiles of the log at any size up to the checkpoint's. Throws Unreadable where one is missing. */
  readonly tile: FetchTile;
}

/** Opens the log; throws Unreadable unless its tiles lead to the root of its newest checkpoint. */
export async function openTiles(files: LogFiles): Promise<LogTiles> {
  const note = await files.read("checkpoint");
  if (!note) throw new Unreadable(`${files.name} has no checkpoint`);
  const checkpoint = reading(files.name, () => parseCheckpoint(parseNote(note, "checkpoint").text));
  const tile = tilesOf(files, checkpoint.size);
  const root = await rootFromTiles(checkpoint.size, tile);
  if (!equal(root, checkpoint.root)) {
    throw new Unreadable(`${files.name}: its tiles do not lead to the root of its checkpoint`);
  }
  return { note, checkpoint, tile };
}

/** A tile as narrow as an older log had it is the beginning of the one that the log of `size` has. */
const tilesOf =
  (files: LogFiles, size: bigint): FetchTile =>
  async ({ level, index, width }: TileId) => {
    const path = tilePath(tileHolding(level, index * 256n, size));
    const bytes = await files.read(path);
    if (!bytes) throw new Unreadable(`${files.name} has no ${path}`);
    const widest = tileHolding(level, index * 256n, size).width;
    reading(files.name, () => parseTile(bytes, widest, path));
    return bytes.subarray(0, 32 * width);
  };
