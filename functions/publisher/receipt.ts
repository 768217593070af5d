import { publishedKey } from "../../shared/api/log-path.ts";
import { equal } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { parseCheckpoint } from "../../shared/log/checkpoint.ts";
import { leafHash } from "../../shared/log/hash.ts";
import { parseNote } from "../../shared/log/note.ts";
import { inclusionFromTiles } from "../../shared/log/tile-reader.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import type { TlogProof } from "../../shared/proof/tlog-proof.ts";
import { publishedTiles } from "./published-tile.ts";

/**
 * The parts of a `.tlog-proof` for `record` at `index`, made of published files alone; "pending" until the published checkpoint covers it. The proof
 * is checked against the checkpoint before it is given out: files that don't show this record there are Unavailable, for a proof can be had
 * once they are put right.
 */
export async function receiptFor(
  published: ObjectStore,
  insurer: string,
  index: bigint,
  record: Uint8Array,
): Promise<Omit<TlogProof, "extra"> | "pending"> {
  const checkpointNote = (await published.get(publishedKey(insurer, "checkpoint")))?.bytes;
  if (checkpointNote === undefined) return "pending";
  try {
    const head = parseCheckpoint(parseNote(checkpointNote).text);
    if (index >= head.size) return "pending";
    const found = await inclusionFromTiles(head, index, publishedTiles(published, insurer));
    if (!equal(found.leafHash, leafHash(record))) {
      throw new Malformed("leaf", `is another record's at index ${index}`);
    }
    return { index, hashes: found.proof, checkpointNote };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new Unavailable("published log", "its files do not show this record", { cause: error });
  }
}
