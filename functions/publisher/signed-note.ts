import type { ObjectStore } from "../../shared/ports/objects.ts";
import { latestKey, noteKey, parseLatest } from "../signer/latest.ts";

/** The newest note the signer keeps of a log; undefined before the first, or while it is being signed. Throws Unavailable. */
export async function newestNote(
  signerState: Pick<ObjectStore, "get">,
  insurer: string,
): Promise<Uint8Array | undefined> {
  const latest = await signerState.get(latestKey(insurer));
  const size = latest ? parseLatest(latest.bytes).size : 0n;
  return size === 0n ? undefined : (await signerState.get(noteKey(insurer, size)))?.bytes;
}
