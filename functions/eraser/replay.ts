import { publishedKey } from "../../shared/api/log-path.ts";
import { decodeContent } from "../../shared/base/event.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { assert } from "../../shared/base/malformed.ts";
import { parseBundle } from "../../shared/log/bundle.ts";
import { parseCheckpoint } from "../../shared/log/checkpoint.ts";
import { parseNote } from "../../shared/log/note.ts";
import { bundlePath, newBundles } from "../../shared/log/tile.ts";
import { type Recorded, recordedForm } from "../../shared/policy/erasure-forms.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { parseRecord } from "../../shared/record/record.ts";
import { deleteCiphertexts, deleteRest, destroyKeys, type EraserPorts } from "./effects.ts";

/** One erasure the log records: whose, and what it covers. */
export interface LoggedErasure extends Recorded {
  readonly person: Handle;
}

const name = new TextEncoder().encode('"type":"erasure.recorded"');

/** Every erasure that the insurer's published log records, oldest first; none where nothing is published. Malformed where the log can't be read. */
export async function* publishedErasures(
  published: Pick<ObjectStore, "get">,
  insurer: string,
): AsyncGenerator<LoggedErasure> {
  const note = await published.get(publishedKey(insurer, "checkpoint"));
  if (!note) return;
  const { size } = parseCheckpoint(parseNote(note.bytes, "checkpoint").text);
  for (const id of newBundles(0n, size)) {
    const path = bundlePath(id);
    const bundle = await published.get(publishedKey(insurer, path));
    assert(bundle !== undefined, `${path} of ${insurer} is published`);
    if (Buffer.from(bundle.bytes).indexOf(name) < 0) continue;
    for (const entry of parseBundle(bundle.bytes, id.width, path)) {
      const record = parseRecord(entry);
      if (record.type !== recordedForm.type || !("public" in record.body)) continue;
      yield { person: record.stream, ...decodeContent(recordedForm, record.body.public) };
    }
  }
}

/**
 * Carries out again every erasure the published log records, before anything is served: a database, private store or key store that was put back from
 * an older copy holds erased data again. Appends nothing. Gives how many. Throws Unavailable.
 */
export async function replayErasures(
  ports: EraserPorts,
  published: Pick<ObjectStore, "get">,
  insurer: string,
): Promise<number> {
  let replayed = 0;
  for await (const { person, classes, covers } of publishedErasures(published, insurer)) {
    const erased = { insurer, person, classes };
    await destroyKeys(ports, erased);
    await deleteCiphertexts(ports, erased, covers);
    await deleteRest(ports, erased);
    replayed++;
  }
  return replayed;
}
