import * as z from "zod";
import { type LineResult, maxImportLines, maxLineBytes } from "../../shared/api/import-views.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import type { Desk } from "../../shared/ports/desk.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import type { Uploads } from "../../shared/ports/uploads.ts";
import type { CommandPorts } from "../command/commit.ts";
import { forgetExpired, throwFirst } from "../command/forget-expired.ts";
import {
  chunkLines,
  type ImportJob,
  importJobs,
  type KeptImport,
  openOrder,
  resultsFile,
  resultsSchema,
  uploadPlace,
  uploadsOf,
  uploadWaitedUs,
} from "../command/import-job.ts";
import type { JobName } from "../command/job-shelf.ts";
import { keyOfNobody } from "../command/key-of-nobody.ts";
import { issueLines, policiesBefore, type Reading, readLines } from "./chunk.ts";
import { countLines, linesFrom, type ReadBytes } from "./lines.ts";

/** What an import is done with. */
export interface ImporterPorts extends CommandPorts {
  readonly desk: Pick<Desk, "isStaff">;
  readonly jobs: ObjectStore;
  readonly uploads: Pick<Uploads, "uploaded" | "read" | "remove">;
}

const mostAtOnce = 100;

/**
 * Does the imports that wait, one after another, a hundred lines at a time until `late`, and forgets those whose time is over. Killed anywhere, or run twice at once, it goes on
 * from the lines that are done: a policy that stands is not issued again, and a line is told as issued by this import if no policy stood there before its hundred were begun.
 * One that fails holds up no other, and its error is thrown when all had their turn: Unavailable, or Malformed where somebody changed what is kept of it. Gives how many
 * policies it issued.
 */
export async function importWaiting(
  ports: ImporterPorts,
  late: () => boolean = () => false,
): Promise<number> {
  const failures: unknown[] = await forgetOld(ports);
  let issued = 0;
  let over = false;
  for (const name of await importJobs.waiting(ports.jobs, mostAtOnce)) {
    if (over) break;
    try {
      let some: number | undefined;
      do {
        some = await step(ports, name);
        issued += some ?? 0;
        over = some !== undefined && late();
      } while (some !== undefined && !over);
    } catch (error) {
      failures.push(error);
    }
  }
  throwFirst(failures);
  return issued;
}

/** How many policies one step of an import issued; undefined where there is none to take now: it is over, waits for its upload, or somebody else is at it. */
async function step(ports: ImporterPorts, name: JobName): Promise<number | undefined> {
  const { jobs } = ports;
  const kept = await importJobs.read(jobs, name);
  if (!kept || isOver(kept.job)) {
    await importJobs.unqueue(jobs, name);
    return undefined;
  }
  const next = await goOn(ports, name, kept);
  return next && Number(next.job.issued - kept.job.issued);
}

const isOver = ({ state }: ImportJob): boolean => state === "done" || state === "failed";

/** Imports whose time is over, and uploads of those that have ended: one may be sent once more while its request is good. Gives the Malformed of what somebody changed, which stays. */
async function forgetOld(ports: ImporterPorts): Promise<Malformed[]> {
  const { jobs, uploads } = ports;
  const unreadable = await forgetExpired(importJobs, jobs, ports.clock());
  for await (const key of jobs.list(uploadsOf())) {
    const [, insurer = "", , id = ""] = key.split("/");
    try {
      const kept = await importJobs.read(jobs, { insurer, id });
      if (!kept || isOver(kept.job)) await uploads.remove(uploadPlace({ insurer, id }));
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      unreadable.push(error);
    }
  }
  return unreadable;
}

/** Counts an import's lines, does the next hundred, or ends it; undefined where its upload is still to come, or somebody else is at it. */
async function goOn(
  ports: ImporterPorts,
  name: JobName,
  kept: KeptImport,
): Promise<KeptImport | undefined> {
  const { jobs, uploads, desk } = ports;
  const { job } = kept;
  const place = uploadPlace(name);
  const end = async (how: Pick<ImportJob, "state" | "failure">) => {
    await uploads.remove(place);
    return importJobs.change(jobs, name, kept, { ...job, ...how, chunk: null });
  };
  const fail = (failure: ImportJob["failure"]) => end({ state: "failed", failure });
  if (job.offset === job.sizeBytes) return end({ state: "done", failure: null });
  const order = await openOrder(ports, name, kept);
  if (!order || !(await desk.isStaff(name.insurer, job.by, "underwriter"))) {
    return fail("not-permitted");
  }
  const read: ReadBytes = (from, to) => uploads.read(place, from, to);
  if (job.lines === null) {
    const uploaded = await uploads.uploaded(place);
    if (!uploaded) {
      return ports.clock() - job.askedAt > uploadWaitedUs ? fail("not-uploaded") : undefined;
    }
    const count = await countLines(read, job.sizeBytes);
    if (count === undefined || uploaded.sha256 !== order.sha256) return fail("upload-gone");
    if (count > maxImportLines) return fail("too-many-lines");
    const counted = { ...job, state: "importing", lines: BigInt(count) } as const;
    return importJobs.change(jobs, name, kept, counted);
  }
  const lines = await linesFrom(read, job.offset, job.sizeBytes, chunkLines, maxLineBytes);
  if (!lines) return fail("upload-gone");
  const secret = await keyOfNobody(ports.keys, name.insurer);
  const reading = readLines(secret, name.insurer, lines);
  const begun = await begin(ports, name, kept, reading);
  if (!begun) return undefined;
  const first = job.issued + job.already + job.refused + 1n;
  const results = await issueLines(
    ports,
    order.caller,
    first,
    reading,
    begun.job.chunk?.before ?? [],
  );
  return finish(ports, name, begun, results);
}

/** Says which policies stand already before any of these lines is done, once. */
async function begin(
  ports: ImporterPorts,
  name: JobName,
  kept: KeptImport,
  reading: Reading,
): Promise<KeptImport | undefined> {
  if (kept.job.chunk) return kept;
  const before = await policiesBefore(ports, name.insurer, reading);
  const chunk = { end: reading.end, before };
  return importJobs.change(ports.jobs, name, kept, { ...kept.job, chunk });
}

/** Writes the lines' results, then that they are done. */
async function finish(
  { jobs }: ImporterPorts,
  name: JobName,
  kept: KeptImport,
  results: readonly LineResult[],
): Promise<KeptImport | undefined> {
  const { job } = kept;
  const done = Number(job.issued + job.already + job.refused);
  const file = importJobs.fileKey(name, resultsFile(done / chunkLines));
  if (file === undefined || !job.chunk) throw new Error("bug: a hundred lines that were not begun");
  const bytes = utf8(JSON.stringify(z.encode(resultsSchema, [...results])));
  // What a run that was killed wrote there goes: a line may have come out otherwise since.
  const held = (await jobs.get(file))?.tag;
  if ((await jobs.replace(file, bytes, held)) !== "stored") return undefined;
  const count = (outcome: LineResult["outcome"]) =>
    BigInt(results.filter((each) => each.outcome === outcome).length);
  return importJobs.change(jobs, name, kept, {
    ...job,
    issued: job.issued + count("issued"),
    already: job.already + count("already"),
    refused: job.refused + count("refused"),
    offset: job.chunk.end,
    chunk: null,
  });
}
