import type * as z from "zod";
import { publishedKey } from "../../shared/api/log-path.ts";
import {
  type consistencyQuery,
  consistencySchema,
  type inclusionQuery,
  inclusionSchema,
} from "../../shared/api/proof-query.ts";
import { toBase64, toHex } from "../../shared/base/bytes.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import { type Checkpoint, parseCheckpoint } from "../../shared/log/checkpoint.ts";
import { hashBytes } from "../../shared/log/hash.ts";
import { parseNote } from "../../shared/log/note.ts";
import { fullWidth, tileHolding } from "../../shared/log/tile.ts";
import {
  consistencyFromTiles,
  type FetchTile,
  inclusionFromTiles,
  rootFromTiles,
  type TreeHead,
} from "../../shared/log/tile-reader.ts";
import type { EntryIndexes } from "../../shared/ports/entry-indexes.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import type { HttpRequest } from "../http/event.ts";
import { type HttpReply, jsonReply } from "../http/reply.ts";
import { publishedTiles } from "../publisher/published-tile.ts";

/** What proofs are made of: the published tiles, and where an entry stands. */
export interface ProofPorts {
  readonly published: Pick<ObjectStore, "get">;
  readonly indexes: EntryIndexes;
}

type Asked<Query extends z.ZodType> = HttpRequest<{ insurer: string }, unknown, z.output<Query>>;

/** What two sizes prove to each other never changes; without sizes the answer is of now. */
const cacheOf = (fixed: boolean) => ({
  "cache-control": fixed ? "public, max-age=31536000, immutable" : "no-cache",
});

/**
 * `GET /logs/{insurer}/proofs/inclusion`: RFC 6962 §2.1.1, from at most 2 tiles a level. Nothing here is signed: whoever checks holds `root` against a
 * checkpoint they believe. Throws Unavailable.
 */
export async function proveInclusion(
  { published, indexes }: ProofPorts,
  { params: { insurer }, query }: Asked<typeof inclusionQuery>,
): Promise<HttpReply | Refusal> {
  const log = await logOfSize(published, insurer, query.size);
  if (isRefusal(log)) return log;
  const { origin, head, tiles } = log;
  const index = query.index ?? (await indexes.indexOf(insurer, query.leaf ?? ""));
  if (index === undefined || index >= head.size) {
    return refuse("not-found", "The log of this size has no such entry.");
  }
  const { leafHash, proof } = await inclusionFromTiles(head, index, tiles);
  const shown = {
    origin,
    size: head.size,
    index,
    leafHash: toHex(leafHash),
    root: toBase64(head.root),
    hashes: proof.map(toBase64),
  };
  const reply = jsonReply(inclusionSchema, shown);
  return { ...reply, headers: { ...reply.headers, ...cacheOf(query.size !== undefined) } };
}

/** `GET /logs/{insurer}/proofs/consistency`: RFC 6962 §2.1.2, as {@link proveInclusion}. */
export async function proveConsistency(
  { published }: ProofPorts,
  { params: { insurer }, query }: Asked<typeof consistencyQuery>,
): Promise<HttpReply | Refusal> {
  const log = await logOfSize(published, insurer, query.to);
  if (isRefusal(log)) return log;
  const { origin, head, tiles } = log;
  if (query.from > head.size) return tooLarge;
  const { root1, proof } = await consistencyFromTiles(query.from, head, tiles);
  const shown = {
    origin,
    from: query.from,
    to: head.size,
    fromRoot: toBase64(root1),
    toRoot: toBase64(head.root),
    hashes: proof.map(toBase64),
  };
  const reply = jsonReply(consistencySchema, shown);
  return { ...reply, headers: { ...reply.headers, ...cacheOf(query.to !== undefined) } };
}

const tooLarge = refuse("not-found", "No checkpoint covers a log of this size yet.");

/** A tile of any earlier size is the start of what the tile is in the log of `size`: only those of sizes that were shown have files of their own. */
const tilesBelow =
  (size: bigint, fetchTile: FetchTile): FetchTile =>
  async (id) => {
    const whole = tileHolding(id.level, id.index * BigInt(fullWidth), size);
    return (await fetchTile(whole)).slice(0, id.width * hashBytes);
  };

interface LogOfSize {
  readonly origin: string;
  readonly head: TreeHead;
  readonly tiles: FetchTile;
}

/** The log of the size asked for, or of its newest checkpoint; refused where that does not cover it. */
async function logOfSize(
  published: Pick<ObjectStore, "get">,
  insurer: string,
  size: bigint | undefined,
): Promise<LogOfSize | Refusal> {
  const note = await published.get(publishedKey(insurer, "checkpoint"));
  if (!note) return refuse("not-found", "There is no such log, or nothing of it is signed yet.");
  const newest: Checkpoint = parseCheckpoint(parseNote(note.bytes, "checkpoint").text);
  const tiles = tilesBelow(newest.size, publishedTiles(published, insurer));
  if (size === undefined || size === newest.size)
    return { origin: newest.origin, head: newest, tiles };
  if (size > newest.size) return tooLarge;
  return { origin: newest.origin, head: { size, root: await rootFromTiles(size, tiles) }, tiles };
}
