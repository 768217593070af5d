import type { Instant } from "../../shared/base/instant.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { closeFor } from "../auditor/envelope.ts";
import {
  type ExportName,
  endJob,
  fileKey,
  forgetJob,
  type KeptJob,
  keptJobs,
  readJob,
  unqueue,
  waitingJobs,
} from "../auditor/export-job.ts";
import { type ExportPorts, exportLog } from "../auditor/export-log.ts";
import { fileHash, formatManifest, type ManifestLine, manifestName } from "../auditor/manifest.ts";
import { jwkOf } from "../auditor/thumbprint.ts";

/** What the job reads, and where it writes. */
export interface ExporterPorts extends Omit<ExportPorts, "close"> {
  readonly auditing: ObjectStore;
}

const mostAtOnce = 100;
const mostKept = 10_000;

/**
 * Makes the exports that wait, one after another until `late`, and forgets those whose time is over. Killed anywhere it begins again: what it wrote
 * stays as it is, and the manifest says what stands. Gives how many it ended. Throws Unavailable.
 */
export async function exportWaiting(
  ports: ExporterPorts,
  now: Instant,
  late: () => boolean = () => false,
): Promise<number> {
  await forgetExpired(ports.auditing, now);
  let ended = 0;
  for (const name of await waitingJobs(ports.auditing, mostAtOnce)) {
    if (late()) return ended;
    const kept = await readJob(ports.auditing, name.insurer, name.id);
    if (kept?.job.state === "waiting") {
      await make(ports, name, kept);
      ended += 1;
    }
    await unqueue(ports.auditing, name);
  }
  return ended;
}

async function forgetExpired(auditing: ObjectStore, now: Instant): Promise<void> {
  for (const name of await keptJobs(auditing, mostKept)) {
    const kept = await readJob(auditing, name.insurer, name.id);
    if (kept && kept.job.expires <= now) await forgetJob(auditing, name);
  }
}

/** Writes one export and says how it ended: what can't be read is a failure to tell, not to try for ever. */
async function make(ports: ExporterPorts, name: ExportName, kept: KeptJob): Promise<void> {
  const { auditing } = ports;
  const { jwk, entries } = kept.job;
  const lines: ManifestLine[] = [];
  const write = async (path: string, bytes: Uint8Array): Promise<void> => {
    const wanted = await readJob(auditing, name.insurer, name.id);
    if (!wanted) throw new Malformed("export", "was forgotten while it was made");
    const stands = await putOnce(auditing, requireKey(name, path), bytes);
    lines.push({ path, size: stands.length, hash: fileHash(stands) });
  };
  const close = jwk && ((bytes: Uint8Array) => closeFor(jwkOf(jwk), bytes));
  try {
    const from = { ...ports, ...(close ? { close } : {}) };
    await exportLog(from, name.insurer, write, () => {}, entries);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    if (!(await endJob(auditing, name.insurer, kept, "failed"))) await forgetIfGone(auditing, name);
    return;
  }
  lines.sort((a, b) => (a.path < b.path ? -1 : 1));
  await putOnce(auditing, requireKey(name, manifestName), formatManifest(lines));
  if (!(await endJob(auditing, name.insurer, kept, "done"))) await forgetIfGone(auditing, name);
}

/** Files of an export that was forgotten while it was made go, too. */
async function forgetIfGone(auditing: ObjectStore, name: ExportName): Promise<void> {
  if (!(await readJob(auditing, name.insurer, name.id))) await forgetJob(auditing, name);
}

/** What stands at `key` from now on: these bytes, or those that were there first, for a file closed twice is two files. */
async function putOnce(store: ObjectStore, key: string, bytes: Uint8Array): Promise<Uint8Array> {
  if ((await store.putIfAbsent(key, bytes)) === "stored") return bytes;
  return (await store.get(key))?.bytes ?? bytes;
}

function requireKey({ insurer, id }: ExportName, path: string): string {
  const key = fileKey(insurer, id, path);
  if (key === undefined) throw new Malformed("bundle path", "is no object key");
  return key;
}
