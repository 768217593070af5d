import * as z from "zod";
import {
  type Import,
  type ImportBody,
  importSchema,
  lineResultSchema,
} from "../../shared/api/import-views.ts";
import { actorKinds, credentialSchema } from "../../shared/base/actor.ts";
import { handleSchema, instantCodec } from "../../shared/base/codec.ts";
import { dayUs } from "../../shared/base/day.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { sha256Schema } from "../../shared/claim/declaration.ts";
import type { Caller } from "../../shared/ports/claims.ts";
import type { EvidencePlace } from "../../shared/ports/evidence.ts";
import { jobOrder } from "./job-order.ts";
import { type JobName, jobShelf, type KeptJob } from "./job-shelf.ts";
import type { RowPorts } from "./row-cipher.ts";

/** How long an import and its results are kept. */
export const importKeptUs = 7n * dayUs;
/** How long its upload is waited for: the time it is signed for, and as much again for one that has begun. */
export const uploadWaitedUs = 30n * 60n * 1_000_000n;

/** Lines that are done together: one file of results. */
export const chunkLines = 100;

/** An import as it is kept: what its insurer sees, and how far it is. */
const jobSchema = importSchema.extend({
  by: handleSchema,
  askedAt: instantCodec,
  /** What was asked, closed under the key of whoever did: nobody imports in another's name by way of this object. */
  order: z.string(),
  sizeBytes: z.int().positive(),
  /** The bytes that are done, of whole lines. */
  offset: z.int().nonnegative(),
  /** The lines under way: up to which byte, which of them had a policy before, and the run that has taken them. */
  chunk: z
    .strictObject({
      run: handleSchema,
      end: z.int().positive(),
      before: z.array(handleSchema).max(chunkLines).readonly(),
    })
    .nullable(),
});
export type ImportJob = z.output<typeof jobSchema>;
export type KeptImport = KeptJob<ImportJob>;

/** Imports that underwriters asked for. */
export const importJobs = jobShelf<ImportJob>("imports/", jobSchema);

/** What the insurer sees of it. */
export const importView = ({
  job: { by: _, askedAt: __, order: ___, sizeBytes: ____, offset: _____, chunk: ______, ...view },
}: KeptImport): Import => view;

/** What a file of results holds, and which run wrote it. */
export const resultsSchema = z.strictObject({
  run: handleSchema,
  lines: z.array(lineResultSchema).max(chunkLines).readonly(),
});

/** The file of results of the `chunk`-th hundred lines, from 0. */
export const resultsFile = (chunk: number): string => String(chunk).padStart(6, "0");

/** Who asked, and for which bytes. */
const orders = jobOrder(
  "policy-import",
  z.strictObject({
    kind: z.enum(actorKinds),
    credential: credentialSchema,
    sha256: sha256Schema,
  }),
);

/** An import that waits for its upload, asked for by `caller` at `now`. Throws Unavailable. */
export async function newImport(
  ports: RowPorts,
  id: string,
  caller: Caller,
  { sha256, sizeBytes }: ImportBody,
  view: Import,
  now: Instant,
): Promise<ImportJob> {
  const { insurer, person: by, kind, credential } = caller;
  const order = await orders.close(ports, { insurer, id }, by, { kind, credential, sha256 });
  return {
    ...view,
    by,
    askedAt: now,
    order,
    sizeBytes: Number(sizeBytes),
    offset: 0,
    chunk: null,
  };
}

/** Who asked, and for which bytes; undefined where they were erased. Throws Unavailable; Malformed where somebody changed the object. */
export async function openOrder(
  ports: Pick<RowPorts, "keys" | "cipher">,
  name: JobName,
  { job }: KeptImport,
): Promise<{ readonly caller: Caller; readonly sha256: string } | undefined> {
  const order = await orders.open(ports, name, job);
  if (!order) return undefined;
  const { sha256, ...who } = order;
  const { insurer } = name;
  return { caller: { insurer, role: "underwriter", person: job.by, ...who }, sha256 };
}

/** Where an import's upload lies: it may hold anybody's data, and goes when it is done, or somebody is erased. */
export const uploadPlace = ({ insurer, id }: JobName): EvidencePlace => ({
  insurer,
  // No claim's: a word where its handle would stand.
  claim: "policies",
  evidence: id,
});

/** The folder of an insurer's uploads, or of all. */
export const uploadsOf = (insurer?: string): string =>
  insurer === undefined ? "incoming/" : `incoming/${insurer}/`;
