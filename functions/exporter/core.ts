import type { Instant } from "../../shared/base/instant.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { closeFor } from "../auditor/envelope.ts";
import {
  type ExportName,
  exportJobs,
  exportOrders,
  type KeptExport,
} from "../auditor/export-job.ts";
import { type ExportPorts, exportLog } from "../auditor/export-log.ts";
import { fileHash, formatManifest, type ManifestLine, manifestName } from "../auditor/manifest.ts";
import { jwkOf } from "../auditor/thumbprint.ts";
import { attempt } from "../command/attempt.ts";
import { type Calling, type Turn, takeTurns } from "../command/take-turns.ts";

/** What the job reads, and where it writes. */
export interface ExporterPorts extends Omit<ExportPorts, "close"> {
  readonly auditing: ObjectStore;
}

/**
 * Makes the exports that wait until it is late, and forgets those whose time is over ({@link takeTurns}). Killed anywhere it begins again: what it wrote stays as it is, and the
 * manifest says what stands; killed three times it has failed. One that fails holds up no other. Gives how many it ended. `now` is when the call began. Throws Unavailable; Malformed where somebody changed what is kept of one.
 */
export async function exportWaiting(
  ports: ExporterPorts,
  now: Instant,
  calling: Calling = {},
): Promise<number> {
  const { auditing } = ports;
  let ended = 0;
  await takeTurns(exportJobs, auditing, now, calling, async (name) => {
    const run = (claimed: KeptExport) => make(ports, name, claimed);
    const giveUp = (kept: KeptExport) => end(auditing, name, kept, "failed");
    const done = await attempt(exportJobs, auditing, name, now, run, giveUp);
    if (done !== "idle") ended += 1;
    return done;
  });
  return ended;
}

/** Writes one export, of what was ordered and for whom, and says how it ended: what can't be read is a failure to tell, not to try for ever. */
async function make(ports: ExporterPorts, name: ExportName, kept: KeptExport): Promise<Turn> {
  const { auditing } = ports;
  const lines: ManifestLine[] = [];
  const write = async (path: string, bytes: Uint8Array): Promise<void> => {
    const wanted = await exportJobs.read(auditing, name);
    if (!wanted) throw new Malformed("export", "was forgotten while it was made");
    const stands = await putOnce(auditing, requireKey(name, path), bytes);
    lines.push({ path, size: stands.length, hash: fileHash(stands) });
  };
  try {
    const order = await exportOrders.open(ports, name, kept.job);
    if (!order) return end(auditing, name, kept, "failed");
    const { key, entries } = order;
    const close = key && ((bytes: Uint8Array) => closeFor(jwkOf(key), bytes));
    const from = { ...ports, ...(close ? { close } : {}) };
    await exportLog(from, name.insurer, write, () => {}, entries);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return end(auditing, name, kept, "failed");
  }
  lines.sort((a, b) => (a.path < b.path ? -1 : 1));
  await putOnce(auditing, requireKey(name, manifestName), formatManifest(lines));
  return end(auditing, name, kept, "done");
}

/** Says how an export ended, and takes it out of the queue; idle where somebody else did. Files of one that was forgotten while it was made go, too. */
async function end(
  auditing: ObjectStore,
  name: ExportName,
  kept: KeptExport,
  state: "done" | "failed",
): Promise<Turn> {
  if (await exportJobs.change(auditing, name, kept, { ...kept.job, state })) {
    await exportJobs.unqueue(auditing, name);
    return state === "done" ? "over" : "failed";
  }
  if (!(await exportJobs.read(auditing, name))) await exportJobs.forget(auditing, name);
  return "idle";
}

/** What stands at `key` from now on: these bytes, or those that were there first, for a file closed twice is two files. */
async function putOnce(store: ObjectStore, key: string, bytes: Uint8Array): Promise<Uint8Array> {
  if ((await store.putIfAbsent(key, bytes)) === "stored") return bytes;
  return (await store.get(key))?.bytes ?? bytes;
}

function requireKey(name: ExportName, path: string): string {
  const key = exportJobs.fileKey(name, path);
  if (key === undefined) throw new Malformed("bundle path", "is no object key");
  return key;
}
