import * as z from "zod";
import { equal, fromUtf8, utf8 } from "../../shared/base/bytes.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { isObjectKey } from "../adapters/objects/key.ts";

/** A job's place: whose it is, and which. */
export interface JobName {
  readonly insurer: string;
  readonly id: Handle;
}

/** A job and the tag of its object. */
export interface KeptJob<Job> {
  readonly job: Job;
  readonly tag: string;
}

/** A store as whoever only deletes sees it. */
export type Forgetting = Pick<ObjectStore, "list" | "delete">;

const mostQueued = 10_000;
const minuteUs = 60_000_000n;

/** The first job of each insurer, then the second of each, and so on, from the insurer number `start` on. */
function inTurns(names: readonly JobName[], start: number): JobName[] {
  const byInsurer = [...Map.groupBy(names, ({ insurer }) => insurer).values()];
  const first = byInsurer.length === 0 ? 0 : start % byInsurer.length;
  const turned = [...byInsurer.slice(first), ...byInsurer.slice(0, first)];
  const rounds = Math.max(0, ...turned.map((own) => own.length));
  return Array.from({ length: rounds }, (_, round) =>
    turned.flatMap((own) => own[round] ?? []),
  ).flat();
}

/**
 * Jobs of one kind that somebody asked for over HTTP: each an object `jobs/…` that says how far it is, one `waiting/…` while it is to be done, and what it makes below
 * `files/…`; all under `folder`, which is empty or ends in a slash. Everything here throws Unavailable.
 */
export function jobShelf<Job extends { readonly state: string }>(
  folder: string,
  schema: z.ZodType<Job>,
) {
  const key = (kind: "jobs" | "waiting", { insurer, id }: JobName) =>
    `${folder}${kind}/${insurer}/${id}`;
  const filesOf = ({ insurer, id }: JobName) => `${folder}files/${insurer}/${id}/`;
  const bytesOf = (job: Job): Uint8Array => utf8(JSON.stringify(z.encode(schema, job)));
  const jobIn = (bytes: Uint8Array, where: string): Job => {
    try {
      return z.decode(schema, JSON.parse(fromUtf8(bytes, where)));
    } catch (error) {
      if (!(error instanceof z.ZodError || error instanceof SyntaxError)) throw error;
      throw new Malformed(where, "is not as it was kept");
    }
  };
  /** At most `most` names of those below a folder, by insurer and handle. */
  const names = async (
    store: Pick<ObjectStore, "list">,
    below: string,
    most: number,
  ): Promise<JobName[]> => {
    const found: JobName[] = [];
    for await (const each of store.list(`${folder}${below}`)) {
      const [insurer = "", id = ""] = each.split("/").slice(-2);
      found.push({ insurer, id });
      if (found.length === most) break;
    }
    return found;
  };
  const shelf = {
    /** Where a file of a job lies; undefined for a path that is no object key. */
    fileKey(name: JobName, path: string): string | undefined {
      const file = `${filesOf(name)}${path}`;
      return isObjectKey(file) ? file : undefined;
    },
    /** The job; undefined where there is none any more. Malformed where somebody changed it. */
    async read(store: Pick<ObjectStore, "get">, name: JobName): Promise<KeptJob<Job> | undefined> {
      const found = await store.get(key("jobs", name));
      if (!found) return undefined;
      return { job: jobIn(found.bytes, `job ${name.id}`), tag: found.tag };
    },
    /** Puts a job that waits in the queue, once: asked again, one that is done stays done. */
    async begin(
      store: Pick<ObjectStore, "get" | "putIfAbsent">,
      name: JobName,
      job: Job,
    ): Promise<void> {
      await store.putIfAbsent(key("jobs", name), bytesOf(job));
      const kept = await shelf.read(store, name);
      if (kept?.job.state !== job.state) return;
      await store.putIfAbsent(key("waiting", name), utf8("waiting\n"));
    },
    /** Says how far a job is: that, with its new tag; undefined where somebody else said something of it meanwhile, or forgot it. */
    async change(
      store: Pick<ObjectStore, "get" | "replace">,
      name: JobName,
      { tag }: KeptJob<Job>,
      job: Job,
    ): Promise<KeptJob<Job> | undefined> {
      const bytes = bytesOf(job);
      if ((await store.replace(key("jobs", name), bytes, tag)) !== "stored") return undefined;
      const now = await store.get(key("jobs", name));
      return now && equal(now.bytes, bytes) ? { job, tag: now.tag } : undefined;
    },
    /** Takes a job out of the queue. */
    unqueue: (store: Pick<ObjectStore, "delete">, name: JobName): Promise<void> =>
      store.delete(key("waiting", name)),
    /** At most `most` jobs that wait, of one insurer or of all. */
    waiting: (store: Pick<ObjectStore, "list">, most: number, insurer?: string) =>
      names(store, insurer === undefined ? "waiting/" : `waiting/${insurer}/`, most),
    /** The jobs that wait, of 10,000 at most, in the order of their turns: one of each insurer, then the next of each; another insurer begins with each minute of `now`, so that none waits behind the same one for ever. */
    queue: async (store: Pick<ObjectStore, "list">, now: Instant): Promise<JobName[]> =>
      inTurns(await names(store, "waiting/", mostQueued), Number(now / minuteUs)),
    /** At most `most` jobs that are kept, of one insurer or of all. */
    kept: (store: Pick<ObjectStore, "list">, most: number, insurer?: string) =>
      names(store, insurer === undefined ? "jobs/" : `jobs/${insurer}/`, most),
    /** Forgets a job: its files, itself, so that whoever is at it stops, and what that wrote meanwhile. */
    async forget(store: Forgetting, name: JobName): Promise<void> {
      await shelf.unqueue(store, name);
      for await (const file of store.list(filesOf(name))) await store.delete(file);
      await store.delete(key("jobs", name));
      for await (const file of store.list(filesOf(name))) await store.delete(file);
    },
    /** Forgets every job of an insurer. */
    async forgetAll(store: Forgetting, insurer: string): Promise<void> {
      for (const name of await shelf.kept(store, Number.POSITIVE_INFINITY, insurer)) {
        await shelf.forget(store, name);
      }
    },
  };
  return shelf;
}
