import { readFileSync } from "node:fs";
import { toBase64 } from "../../../shared/base/bytes.ts";
import { parseSavedDigest, type SavedDigest } from "../../../shared/qldb/saved-digest.ts";
import { grouped } from "../../terminal/amount.ts";
import { reading } from "../../terminal/reading.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { exits, verb } from "../../terminal/verb.ts";
import { openExport } from "../qldb-export.ts";
import { type ExportVerdict, verifyExport } from "../qldb-journal.ts";

/** Findings shown on a terminal; `--json` has more. */
const mostShown = 20;

/** `audit qldb-journal DIR [--digest FILE]...`: verifies a journal export of Amazon QLDB, and recomputes digests saved before the service ended. */
export const qldbJournalVerb = verb({
  name: "qldb-journal",
  usage: ["qldb-journal DIR [--digest FILE]... [--json]"],
  options: { digest: { type: "string", multiple: true } },
  operands: [1, 1],
  run: (terminal, { digest = [] }, [folder = ""]) => {
    const saved = digest.map(readSavedDigest);
    const verdict = verifyExport(terminal, openExport(folder), saved);
    showExport(terminal, verdict);
    terminal.result(exportJson(verdict));
    return isWhole(verdict) ? exits.ok : exits.found;
  },
});

/** A digest kept in a file. Throws Unreadable. */
export const readSavedDigest = (file: string): SavedDigest =>
  reading(file, () => parseSavedDigest(readFileSync(file)));

/** Whether nothing was found. */
export const isWhole = ({ journal, fileFaults }: ExportVerdict): boolean =>
  journal.faults === 0 && fileFaults === 0;

/** Says the verdict in words. */
export function showExport(terminal: Terminal, verdict: ExportVerdict): void {
  const { journal, files, fileFaults, jsonBlocks, unchecked } = verdict;
  const { counts, findings, first, last } = journal;
  const range = first === undefined ? "no blocks" : `blocks ${first} to ${last}`;
  terminal.line(`${isWhole(verdict) ? "✓" : "✗"} ${range} of strand ${journal.strandId ?? "none"}`);
  const told: [number, string][] = [
    [counts.revisions, "revisions"],
    [counts.redacted, "redacted: what their data hashed to still proves"],
    [
      counts.deletions,
      `without data: deletions, or cut out; the metadata of ${grouped(counts.unprovenDeletions)} is unproven`,
    ],
    [counts.hashOnly, "of a hash and nothing else: the service's, or cut down to it"],
    [
      counts.withoutTransactionInfo,
      "blocks without transactionInfo: the service's, or cut out; nobody can tell what they wrote",
    ],
    [counts.opaqueEntries, "entries that nobody outside the service could ever recompute"],
  ];
  for (const [count, what] of told) if (count > 0) terminal.line(`  ${grouped(count)} ${what}`);
  if (jsonBlocks > 0) {
    terminal.line(
      `  JSON: chain, entries and block hashes are checked; ${grouped(unchecked)} hashes of content can't be recomputed, because JSON lost Ion's types`,
    );
  }
  if (first !== undefined && first > 0) {
    terminal.line(
      `  partial: blocks 0 to ${first - 1} are not here, so no digest can be recomputed`,
    );
  }
  for (const { fault, sequenceNo, detail } of findings.slice(0, mostShown)) {
    terminal.line(`✗ block ${sequenceNo} ${detail} (${fault})`);
  }
  for (const finding of files.slice(0, mostShown)) terminal.line(`✗ ${finding}`);
  const shown = Math.min(findings.length, mostShown) + Math.min(files.length, mostShown);
  const more = journal.faults + fileFaults - shown;
  if (more > 0) terminal.line(`✗ and ${grouped(more)} more`);
  showDigest(terminal, verdict);
}

function showDigest(
  terminal: Terminal,
  { journal: { digest, anchoredTo, last } }: ExportVerdict,
): void {
  if (digest) terminal.line(`  digest at block ${last}: ${toBase64(digest)}`);
  if (anchoredTo === undefined) {
    terminal.line(
      "UNANCHORED: no saved digest was recomputed; whoever holds the files could have made them all.",
    );
  } else {
    terminal.line(
      `✓ the saved digest is recomputed: blocks 0 to ${anchoredTo} are the ones it was taken of`,
    );
    if (last !== undefined && last > anchoredTo) {
      terminal.line(
        `  blocks ${anchoredTo + 1} to ${last} came later: no saved digest covers them`,
      );
    }
  }
}

/** The verdict as `--json` has it. */
export function exportJson(verdict: ExportVerdict): object {
  const { journal, files, fileFaults, jsonBlocks, unchecked } = verdict;
  return {
    ok: isWhole(verdict),
    strandId: journal.strandId ?? null,
    first: journal.first ?? null,
    last: journal.last ?? null,
    counts: journal.counts,
    jsonBlocks,
    unchecked,
    digest: journal.digest ? toBase64(journal.digest) : null,
    anchored: journal.anchoredTo !== undefined,
    anchoredTo: journal.anchoredTo ?? null,
    faults: journal.faults + fileFaults,
    findings: journal.findings,
    files,
  };
}
