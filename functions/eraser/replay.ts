import { publishedKey } from "../../shared/api/log-path.ts";
import { equal } from "../../shared/base/bytes.ts";
import { decodeContent } from "../../shared/base/event.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { parseBundle } from "../../shared/log/bundle.ts";
import { append, emptyFrontier, rootOf } from "../../shared/log/frontier.ts";
import { leafHash } from "../../shared/log/hash.ts";
import type { VerifierKey } from "../../shared/log/key.ts";
import { unwitnessed } from "../../shared/log/policy.ts";
import { bundlePath, newBundles } from "../../shared/log/tile.ts";
import { type Recorded, recordedForm } from "../../shared/policy/erasure-forms.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { verifyCheckpoint } from "../../shared/proof/verify-checkpoint.ts";
import { parseRecord } from "../../shared/record/record.ts";
import { deleteCiphertexts, deleteRest, destroyKeys, type EraserPorts } from "./effects.ts";

/** One erasure the log records: whose, and what it covers. */
export interface LoggedErasure extends Recorded {
  readonly person: Handle;
}

/** Why the published log is not believed: a sentence that names the file. Nothing is deleted on its word. */
export interface Doubted {
  readonly doubted: string;
}

const name = new TextEncoder().encode('"type":"erasure.recorded"');

/**
 * Every erasure that the insurer's published log records, oldest first; none where nothing is published. All of the log is read and hashed: its entries must
 * lead to the root of the shown checkpoint, and that be signed by one of the log's `keys`; else whoever can write the published files could have keys
 * deleted. Throws Unavailable.
 */
export async function publishedErasures(
  published: Pick<ObjectStore, "get">,
  insurer: string,
  keys: readonly VerifierKey[],
): Promise<readonly LoggedErasure[] | Doubted> {
  const note = await published.get(publishedKey(insurer, "checkpoint"));
  if (!note) return [];
  const checkpoint = verifyCheckpoint(note.bytes, unwitnessed(keys));
  if ("refused" in checkpoint) return { doubted: `checkpoint: ${checkpoint.detail}` };
  const erasures: LoggedErasure[] = [];
  let frontier = emptyFrontier;
  for (const id of newBundles(0n, checkpoint.size)) {
    const path = bundlePath(id);
    const bundle = await published.get(publishedKey(insurer, path));
    if (bundle === undefined) return { doubted: `${path} is missing` };
    try {
      const entries = parseBundle(bundle.bytes, id.width, path);
      for (const entry of entries) frontier = append(frontier, leafHash(entry));
      if (Buffer.from(bundle.bytes).indexOf(name) >= 0)
        erasures.push(...entries.flatMap(erasureIn));
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      return { doubted: error.message };
    }
  }
  if (equal(rootOf(frontier), checkpoint.root)) return erasures;
  return { doubted: `tile/entries/ holds other entries than checkpoint ${checkpoint.size} signs` };
}

function erasureIn(entry: Uint8Array): LoggedErasure[] {
  const { type, stream, body } = parseRecord(entry);
  if (type !== recordedForm.type || !("public" in body)) return [];
  return [{ person: stream, ...decodeContent(recordedForm, body.public) }];
}

/**
 * Carries out again every erasure the published log records, before anything is served: a database, private store or key store that was put back from
 * an older copy holds erased data again. Appends nothing. Gives how many. Throws Unavailable.
 */
export async function replayErasures(
  ports: EraserPorts,
  published: Pick<ObjectStore, "get">,
  insurer: string,
  keys: readonly VerifierKey[],
): Promise<{ readonly replayed: number } | Doubted> {
  const erasures = await publishedErasures(published, insurer, keys);
  if ("doubted" in erasures) return erasures;
  for (const { person, classes, covers } of erasures) {
    const erased = { insurer, person, classes };
    await destroyKeys(ports, erased, covers);
    await deleteCiphertexts(ports, erased, covers);
    await deleteRest(ports, erased, covers);
  }
  return { replayed: erasures.length };
}
