import { publishedKey } from "../../shared/api/log-path.ts";
import { parseCheckpoint } from "../../shared/log/checkpoint.ts";
import { parseNote } from "../../shared/log/note.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";

/** How many entries of the insurer's log the newest published checkpoint covers. */
export async function signedSize(published: ObjectStore, insurer: string): Promise<bigint> {
  const note = await published.get(publishedKey(insurer, "checkpoint"));
  return note ? parseCheckpoint(parseNote(note.bytes, "checkpoint").text).size : 0n;
}
