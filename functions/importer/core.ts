import * as z from "zod";
import { type LineResult, maxImportLines, maxLineBytes } from "../../shared/api/import-views.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import { assert, Malformed } from "../../shared/base/malformed.ts";
import type { Desk } from "../../shared/ports/desk.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import type { Uploads } from "../../shared/ports/uploads.ts";
import type { CommandPorts } from "../command/commit.ts";
import { newHandle } from "../command/handle.ts";
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
import { type Calling, takeTurns } from "../command/take-turns.ts";
import { issueLines, policiesBefore, type Reading, readLines } from "./chunk.ts";
import { countLines, linesFrom, type ReadBytes } from "./lines.ts";

/** What an import is done with. */
export interface ImporterPorts extends CommandPorts {
  readonly desk: Pick<Desk, "isStaff">;
  readonly jobs: ObjectStore;
  readonly uploads: Pick<Uploads, "uploaded" | "read" | "remove">;
}

/**
 * Does the imports that wait, a hundred lines at a time and each in its turn until it is late, and forgets those whose time is over ({@link takeTurns}). Killed anywhere, or run twice at once, it
 * goes on from the lines that are done: a policy that stands is not issued again, and a line is told as issued by this import if no policy stood there before its hundred were begun.
 * One that fails holds up no other, and its error is thrown when all had their turn: Unavailable, or Malformed where somebody changed what is kept of it, which has failed then. Gives how
 * many policies it issued.
 */
export async function importWaiting(ports: ImporterPorts, calling: Calling = {}): Promise<number> {
  const { jobs } = ports;
  const unreadable = await deleteUploads(ports);
  let issued = 0;
  await takeTurns(importJobs, jobs, ports.clock(), calling, async (name) => {
    const kept = await importJobs.read(jobs, name);
    if (!kept || isOver(kept.job)) {
      await importJobs.unqueue(jobs, name);
      return "idle";
    }
    const next = await goOn(ports, name, kept).catch((error: unknown) =>
      failAltered(ports, name, error),
    );
    if (!next) return "idle";
    issued += Number(next.job.issued - kept.job.issued);
    return "goes-on";
  });
  if (unreadable[0]) throw unreadable[0];
  return issued;
}

/** Ends an import of which something can't be read as somebody changed it; throws the error in any case. */
async function failAltered(ports: ImporterPorts, name: JobName, error: unknown): Promise<never> {
  if (error instanceof Malformed) {
    const kept = await importJobs.read(ports.jobs, name);
    const failed = { state: "failed", failure: "altered", chunk: null } as const;
    if (kept) await importJobs.change(ports.jobs, name, kept, { ...kept.job, ...failed });
  }
  throw error;
}

const isOver = ({ state }: ImportJob): boolean => state === "done" || state === "failed";

/** Deletes uploads of imports that have ended: one may be sent once more while its request is good. Gives the Malformed of imports that somebody changed, whose uploads stay. */
async function deleteUploads({ jobs, uploads }: ImporterPorts): Promise<Malformed[]> {
  const unreadable: Malformed[] = [];
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
  const uploaded = await uploads.uploaded(place);
  if (!uploaded && job.lines === null) {
    return ports.clock() - job.askedAt > uploadWaitedUs ? fail("not-uploaded") : undefined;
  }
  // At each turn: neither the file nor what the job says of it is anybody's word but the order's.
  if (uploaded?.sha256 !== order.sha256) return fail("upload-gone");
  if (job.lines === null) {
    const count = await countLines(read, job.sizeBytes);
    if (count === undefined) return fail("upload-gone");
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
  const results = await issueLines(ports, order.caller, first, reading, begun.chunk.before);
  return finish(ports, name, begun, results);
}

/** Lines under way as this run has taken them: by its name in the job, and by what their file of results was before that. */
interface Begun {
  readonly kept: KeptImport;
  readonly chunk: NonNullable<ImportJob["chunk"]>;
  readonly file: string;
  readonly held: string | undefined;
}

/**
 * Takes the next lines for this run, and says which policies stand already before any of them is done, once. Of runs at once the last that took them ends them: the file of results is
 * looked at first, so that none writes there what another has told.
 */
async function begin(
  ports: ImporterPorts,
  name: JobName,
  kept: KeptImport,
  reading: Reading,
): Promise<Begun | undefined> {
  const { jobs } = ports;
  const { issued, already, refused } = kept.job;
  const done = Number(issued + already + refused);
  const file = importJobs.fileKey(name, resultsFile(done / chunkLines));
  assert(file !== undefined, "a file of results has a key");
  const held = (await jobs.get(file))?.tag;
  const before = kept.job.chunk?.before ?? (await policiesBefore(ports, name.insurer, reading));
  const chunk = { end: reading.end, before, run: newHandle(ports.random) };
  const taken = await importJobs.change(jobs, name, kept, { ...kept.job, chunk });
  return taken && { kept: taken, chunk, file, held };
}

/** Writes the lines' results, then that they are done; undefined where another run has taken them since. */
async function finish(
  { jobs }: ImporterPorts,
  name: JobName,
  { kept, chunk, file, held }: Begun,
  results: readonly LineResult[],
): Promise<KeptImport | undefined> {
  const { job } = kept;
  const bytes = utf8(JSON.stringify(z.encode(resultsSchema, { run: chunk.run, lines: results })));
  // What a run that was killed wrote there goes: a line may have come out otherwise since.
  if ((await jobs.replace(file, bytes, held)) !== "stored") return undefined;
  const count = (outcome: LineResult["outcome"]) =>
    BigInt(results.filter((each) => each.outcome === outcome).length);
  return importJobs.change(jobs, name, kept, {
    ...job,
    issued: job.issued + count("issued"),
    already: job.already + count("already"),
    refused: job.refused + count("refused"),
    offset: chunk.end,
    chunk: null,
  });
}
