import { patiently } from "../../functions/command/patiently.ts";
import type { OperatorPorts } from "../../functions/operator/core.ts";
import {
  finishJournal,
  handlesOf,
  importedBefore,
  importRevisions,
  type Numbered,
} from "../../functions/operator/import-journal.ts";
import { equal, toBase64 } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { isRefusal, type Refusal } from "../../shared/base/refusal.ts";
import { sha256 } from "../../shared/base/sha256.ts";
import type { ImportedJournal } from "../../shared/policy/journal.ts";
import { type Block, parseBlock } from "../../shared/qldb/block.ts";
import type { SavedDigest } from "../../shared/qldb/saved-digest.ts";
import { splitIon } from "../../shared/qldb/split.ts";
import { chunksOf, type JournalExport } from "../audit/qldb-export.ts";
import { Unreadable } from "../terminal/reading.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { revisionsOf } from "./block-revisions.ts";
import { Numbering } from "./numbering.ts";
import type { Survey } from "./survey.ts";

/** Revisions of one transaction: with all their rows far below DSQL's 3,000, with all their text below its 10 MiB. */
const batchRevisions = 50;
const batchText = 1 << 20;

/** How an import went. */
export interface Outcome {
  readonly recorded: number;
  readonly already: number;
  readonly erased: number;
  /** Why it went no further. */
  readonly refused?: string;
}

/** Which export is recorded where. */
export interface Task {
  readonly ports: OperatorPorts;
  readonly insurer: string;
  readonly exported: JournalExport;
  readonly saved: readonly SavedDigest[];
  readonly survey: Survey;
}

/**
 * Reads a surveyed export once more and records its revisions in their order, those that are not there yet; then, once, that the journal is whole; of several
 * at once each does its part. Throws Unavailable, and
 * Unreadable where a file is not what it was when it was surveyed: what is recorded stays, and the next run goes on from there.
 */
export async function recordExport(terminal: Terminal, task: Task): Promise<Outcome> {
  const { ports, insurer, survey } = task;
  const handles = await handlesOf(ports, insurer);
  const bar = terminal.progress("revisions", survey.revisions);
  const sum = { recorded: 0, already: 0, erased: [] as Numbered[] };
  const outcome = (refusal?: Refusal): Outcome => ({
    ...sum,
    erased: sum.erased.length,
    ...(refusal && { refused: refusal.detail }),
  });
  try {
    for (const batch of batches(task)) {
      const done = await patiently(ports, () => importRevisions(ports, insurer, handles, batch));
      if (isRefusal(done)) return outcome(done);
      sum.recorded += done.recorded;
      sum.already += done.already;
      sum.erased.push(...done.erased.map(withoutData));
      bar.advance(batch.length);
    }
  } finally {
    bar.stop();
  }
  const ended = await patiently(ports, () =>
    finishJournal(ports, insurer, journalOf(task, sum.erased)),
  );
  return outcome(isRefusal(ended) && !(await isWhole(task)) ? ended : undefined);
}

/** Whether the journal is in the log to its end, also where another import that ran beside this one said so first. */
async function isWhole({ ports, insurer, survey: { verdict, tree } }: Task): Promise<boolean> {
  const whole = await importedBefore(ports, insurer, verdict.journal.strandId ?? "");
  return whole?.digest === toBase64(tree.root(tree.size));
}

function* batches({ exported, survey }: Task): Generator<Numbered[]> {
  const { tree } = survey;
  const numbering = new Numbering();
  const digest = toBase64(tree.root(tree.size));
  let batch: Numbered[] = [];
  let text = 0;
  for (const { name, block } of blocksOf(exported, survey)) {
    const path = tree.path(block.blockAddress.sequenceNo, tree.size).map(toBase64);
    for (const { proof, ...rest } of revisionsOf(block)) {
      const revision = { ...rest, proof: [...proof, ...path], digest };
      const version = numbering.next(revision);
      if (version === undefined) throw changed(name);
      batch.push({ version, revision });
      text += revision.metadata.length + (revision.data?.length ?? 0);
      if (batch.length < batchRevisions && text < batchText) continue;
      yield batch;
      [batch, text] = [[], 0];
    }
  }
  if (batch.length > 0) yield batch;
}

/** The blocks that were surveyed, byte for byte: what was verified of them is not verified again. */
function* blocksOf(
  { files }: JournalExport,
  { read }: Survey,
): Generator<{ name: string; block: Block }> {
  let at = 0;
  for (const { path, name } of files) {
    try {
      for (const { bytes } of splitIon(chunksOf(path, () => undefined))) {
        if (!equal(sha256(bytes), read.at(at++) ?? new Uint8Array(0))) throw changed(name);
        yield { name, block: parseBlock(bytes) };
      }
    } catch (error) {
      if (error instanceof Malformed) throw changed(name);
      throw error;
    }
  }
  if (at < read.length) throw changed("the export");
}

const changed = (name: string): Unreadable =>
  new Unreadable(`${name} was changed while it was imported`);

/** Only what is counted of an erased one stays in memory. */
const withoutData = ({ version, revision }: Numbered): Numbered => {
  const kept = { ...revision, metadata: "", proof: [] };
  return { version, revision: kept.data === undefined ? kept : { ...kept, data: "" } };
};

/** The journal's record: what was surveyed, without what was erased meanwhile. */
function journalOf({ saved, survey }: Task, erased: readonly Numbered[]): ImportedJournal {
  const { strandId, counts } = survey.verdict.journal;
  const gone = (is: (one: Numbered) => boolean): number => erased.filter(is).length;
  const isRedacted = ({ revision }: Numbered) => revision.dataHash !== undefined;
  const isDeletion = ({ revision }: Numbered) =>
    revision.data === undefined && revision.dataHash === undefined;
  return {
    strandId: strandId ?? "",
    blocks: BigInt(counts.blocks),
    digest: toBase64(survey.tree.root(survey.tree.size)),
    saved: saved.map(({ tip, digest }) => ({
      block: BigInt(tip.sequenceNo),
      digest: toBase64(digest),
    })),
    documents: BigInt(survey.documents - gone(({ version }) => version === 1n)),
    revisions: BigInt(survey.revisions - erased.length),
    redacted: BigInt(counts.redacted - gone(isRedacted)),
    deletions: BigInt(counts.deletions - gone(isDeletion)),
    hashOnly: BigInt(counts.hashOnly),
    erased: BigInt(erased.length),
  };
}
