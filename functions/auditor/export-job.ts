import * as z from "zod";
import { auditorKeySchema, exportSchema } from "../../shared/api/audit-views.ts";
import { fromUtf8, utf8 } from "../../shared/base/bytes.ts";
import { dayUs } from "../../shared/base/day.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { isObjectKey } from "../adapters/objects/key.ts";

/** How long an export's files are kept: whoever asked for it has fetched it by then, or asks again. */
export const exportKeptUs = 7n * dayUs;

/** An export as it is kept: what its caller sees, and the key it is closed for. */
const jobSchema = exportSchema.extend({ by: z.string(), jwk: auditorKeySchema.nullable() });
export type ExportJob = z.output<typeof jobSchema>;

const jobs = "jobs/";
const waiting = "waiting/";
const jobKey = (insurer: string, id: Handle): string => `${jobs}${insurer}/${id}`;
const waitingKey = (insurer: string, id: Handle): string => `${waiting}${insurer}/${id}`;
const filesOf = (insurer: string, id: Handle): string => `files/${insurer}/${id}/`;

/** Where a file of an export lies; undefined for a path no bundle has. */
export function fileKey(insurer: string, id: Handle, path: string): string | undefined {
  const key = `${filesOf(insurer, id)}${path}`;
  return isObjectKey(key) ? key : undefined;
}

const bytesOf = (job: ExportJob): Uint8Array => utf8(JSON.stringify(z.encode(jobSchema, job)));

/** An export and the tag of its object. */
export interface KeptJob {
  readonly job: ExportJob;
  readonly tag: string;
}

/** The export `id` of the insurer; undefined where there is none any more. Throws Unavailable. */
export async function readJob(
  store: Pick<ObjectStore, "get">,
  insurer: string,
  id: Handle,
): Promise<KeptJob | undefined> {
  const found = await store.get(jobKey(insurer, id));
  if (!found) return undefined;
  const job = z.decode(jobSchema, JSON.parse(fromUtf8(found.bytes, "export job")));
  return { job, tag: found.tag };
}

/** Puts an export in the queue, once: asked again, one that is done stays done. Throws Unavailable. */
export async function beginJob(
  store: Pick<ObjectStore, "get" | "putIfAbsent">,
  insurer: string,
  job: ExportJob,
): Promise<void> {
  await store.putIfAbsent(jobKey(insurer, job.export), bytesOf(job));
  const kept = await readJob(store, insurer, job.export);
  if (kept?.job.state !== "waiting") return;
  await store.putIfAbsent(waitingKey(insurer, job.export), utf8("waiting\n"));
}

/** Says how an export ended; false where it was forgotten or ended meanwhile. Throws Unavailable. */
export async function endJob(
  store: Pick<ObjectStore, "replace">,
  insurer: string,
  { job, tag }: KeptJob,
  state: ExportJob["state"],
): Promise<boolean> {
  const ended = bytesOf({ ...job, state });
  return (await store.replace(jobKey(insurer, job.export), ended, tag)) === "stored";
}

/** An export's place: whose log it is of, and which. */
export interface ExportName {
  readonly insurer: string;
  readonly id: Handle;
}

/** Takes an export out of the queue. */
export const unqueue = (store: Pick<ObjectStore, "delete">, { insurer, id }: ExportName) =>
  store.delete(waitingKey(insurer, id));

/** At most `most` exports that wait, of one insurer or of all. Throws Unavailable. */
export const waitingJobs = (
  store: Pick<ObjectStore, "list">,
  most: number,
  insurer?: string,
): Promise<ExportName[]> =>
  names(store, insurer === undefined ? waiting : `${waiting}${insurer}/`, most);

/** At most `most` exports that are kept. Throws Unavailable. */
export const keptJobs = (store: Pick<ObjectStore, "list">, most: number): Promise<ExportName[]> =>
  names(store, jobs, most);

async function names(
  store: Pick<ObjectStore, "list">,
  prefix: string,
  most: number,
): Promise<ExportName[]> {
  const found: ExportName[] = [];
  for await (const key of store.list(prefix)) {
    const [, insurer = "", id = ""] = key.split("/");
    found.push({ insurer, id });
    if (found.length === most) break;
  }
  return found;
}

/** Forgets every export of an insurer: any of them may hold what an erased person's records sealed. Throws Unavailable. */
export async function forgetExports(store: Forgetting, insurer: string): Promise<void> {
  for await (const key of store.list(`${jobs}${insurer}/`)) {
    await forgetJob(store, { insurer, id: key.slice(key.lastIndexOf("/") + 1) });
  }
}

/** A store as whoever only deletes sees it. */
export type Forgetting = Pick<ObjectStore, "list" | "delete">;

/** Forgets an export: its files, itself, so that a job that is making it stops, and what that wrote meanwhile. Throws Unavailable. */
export async function forgetJob(store: Forgetting, { insurer, id }: ExportName): Promise<void> {
  await unqueue(store, { insurer, id });
  for await (const key of store.list(filesOf(insurer, id))) await store.delete(key);
  await store.delete(jobKey(insurer, id));
  for await (const key of store.list(filesOf(insurer, id))) await store.delete(key);
}
