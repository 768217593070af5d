import { dayUs } from "../../shared/base/day.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { Instant } from "../../shared/base/instant.ts";
import type { Cover } from "../../shared/policy/erasure-forms.ts";
import type { ErasedPerson, EraserRows } from "../../shared/ports/erasure.ts";
import { evidenceFolders } from "../../shared/ports/evidence.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { partKey } from "../../shared/record/sealed-store.ts";
import { exportJobs } from "../auditor/export-job.ts";
import { uploadsOf } from "../command/import-job.ts";
import type { Forgetting } from "../command/job-shelf.ts";
import type { PersonKeys } from "../command/person-keys.ts";
import { shadowJobs } from "../command/shadow-job.ts";

/** Everywhere a person's data lies. */
export interface EraserPorts {
  readonly rows: EraserRows;
  readonly keys: Pick<PersonKeys, "destroy">;
  /** The private copy of ciphertexts. */
  readonly sealed: Pick<ObjectStore, "list" | "delete">;
  /** Documents of claims. */
  readonly evidence: Pick<ObjectStore, "list" | "delete">;
  /** Where exports for auditors lie. */
  readonly auditing: Forgetting;
  /** Where uploads of policies lie that are not imported yet, and what drafts of rule packs would have decided. */
  readonly jobs: Forgetting;
  /** Whoever else knows which login a person is. */
  readonly forget?: (insurer: string, person: string) => Promise<void>;
}

/** First: nobody can act as the person any more, and nothing of these classes can be opened, here or in any backup of the database. `covers`: what the log names already, for rows may be older. */
export async function destroyKeys(
  ports: EraserPorts,
  erased: ErasedPerson,
  covers: readonly Cover[] = [],
): Promise<void> {
  const { insurer, person, classes } = erased;
  if (classes.includes("identity-and-health")) {
    await ports.rows.forgetPrincipal(erased);
    await ports.forget?.(insurer, person);
    await deleteEvidence(ports, erased, covers);
  }
  for (const each of classes) await ports.keys.destroy({ insurer, person, class: each });
}

/** Deletes the ciphertexts at these places: in the private store first, for the rows say where they are. */
export async function deleteCiphertexts(
  { rows, sealed }: EraserPorts,
  erased: ErasedPerson,
  covers: readonly Cover[],
): Promise<void> {
  for (const { stream, version } of covers) {
    const ours = new RegExp(`/([1-9][0-9]*)\\.${erased.person}\\.(${erased.classes.join("|")})$`);
    for await (const key of sealed.list(`${erased.insurer}/${stream}/`)) {
      const [, at, part] = ours.exec(key) ?? [];
      if (!at || !part || BigInt(at) > version) continue;
      const name = { person: erased.person, class: part };
      await sealed.delete(partKey(erased.insurer, stream, BigInt(at), name));
    }
  }
  await rows.deleteParts(erased, covers);
}

/** Last: state rows and kept replies, closed under keys that are gone already; and what of a document was uploaded meanwhile. */
export async function deleteRest(
  ports: EraserPorts,
  erased: ErasedPerson,
  covers: readonly Cover[] = [],
): Promise<void> {
  const { rows } = ports;
  await rows.blankState(erased);
  if (!erased.classes.includes("identity-and-health")) return;
  await rows.deleteReplies(erased);
  await deleteEvidence(ports, erased, covers);
}

/** Claims of one query. */
const batch = 500;

/** The documents of the person's claims, those that were never confirmed as well: no key of theirs closes them, so that they go with the first. */
async function deleteEvidence(
  { rows, evidence }: Pick<EraserPorts, "rows" | "evidence">,
  { insurer, person }: ErasedPerson,
  covers: readonly Cover[],
): Promise<void> {
  for (const { stream, as } of covers) {
    if (as === "subject") await deleteDocuments(evidence, insurer, stream);
  }
  await eachOf(
    (after) => rows.claims(insurer, person, after, batch),
    (claim) => deleteDocuments(evidence, insurer, claim),
  );
}

/** How long documents of an erased claim are looked for: an upload is signed for a quarter of an hour, and may take a while. */
const lateUs = dayUs;

/**
 * Deletes documents that came after their person was erased: whoever held a signed upload may have sent it since, and a confirmation under way may have kept it. For a day after the
 * erasure, at every call. Gives how many. Throws Unavailable.
 */
export async function deleteLate(
  { rows, evidence }: Pick<EraserPorts, "rows" | "evidence">,
  insurer: string,
  now: Instant,
): Promise<number> {
  let deleted = 0;
  await eachOf(
    (after) => rows.erasedSince(insurer, now - lateUs, after, batch),
    async (claim) => {
      deleted += await deleteDocuments(evidence, insurer, claim);
    },
  );
  return deleted;
}

async function eachOf(
  page: (after: Handle | "") => Promise<readonly Handle[]>,
  work: (claim: Handle) => Promise<unknown>,
): Promise<void> {
  for (let last: Handle | "" = ""; ; ) {
    const claims = await page(last);
    for (const claim of claims) await work(claim);
    if (claims.length < batch) return;
    last = claims.at(-1) ?? last;
  }
}

/** Deletes every document of one claim, waiting or kept; how many. */
async function deleteDocuments(
  evidence: EraserPorts["evidence"],
  insurer: string,
  claim: Handle,
): Promise<number> {
  let deleted = 0;
  for (const folder of evidenceFolders(insurer, claim)) {
    for await (const key of evidence.list(folder)) {
      await evidence.delete(key);
      deleted += 1;
    }
  }
  return deleted;
}

/**
 * What others had made of the insurer's records, or sent in, of whomever it is: exports, shadows of drafts, and policies that are not imported yet. They may ask for it
 * anew; what an import has done so far stands, and the rest of its rows is not taken.
 */
export async function forgetJobs({ auditing, jobs }: EraserPorts, insurer: string): Promise<void> {
  await exportJobs.forgetAll(auditing, insurer);
  await shadowJobs.forgetAll(jobs, insurer);
  for await (const key of jobs.list(uploadsOf(insurer))) await jobs.delete(key);
}
