import { equal, toHex } from "../base/bytes.ts";
import { Malformed } from "../base/malformed.ts";
import { type Checkpoint, parseCheckpoint } from "../log/checkpoint.ts";
import { parseNote } from "../log/note.ts";
import type { Policy } from "../log/policy.ts";
import type { Requirement } from "../log/require.ts";
import { verifyCheckpoint } from "../proof/verify-checkpoint.ts";
import { type Finding, finding } from "./finding.ts";
import type { LogSource } from "./source.ts";

/** Whom the auditor believes about one log. */
export interface Trust {
  readonly policy: Policy;
  readonly requirements: readonly Requirement[];
}

/** A note of the bundle, opened: its root must be what the entries hash to at its size. */
export interface HistoricNote {
  readonly file: string;
  readonly checkpoint: Checkpoint;
}

const noteFile = "public/checkpoint";

/**
 * Opens the newest note and every historic one, by `trust` where the auditor has it; each must name its log and the size in its file name.
 * The newest must be among the historic ones, byte for byte. It alone needs the policy's quorum: the entries show that every historic tree is the
 * beginning of the newest, which the witnesses saw, so notes from before there were witnesses are believed by the log's signatures.
 */
export async function openNotes(
  source: LogSource,
  origin: string | undefined,
  trust: Trust | undefined,
): Promise<{ newest: Checkpoint | undefined; notes: HistoricNote[]; findings: Finding[] }> {
  const findings: Finding[] = [];
  const newestBytes = await source.checkpoint();
  const newest = newestBytes && open(newestBytes, noteFile, trust?.policy.quorum);
  const notes: HistoricNote[] = [];
  let stored = false;
  for (const { size, file } of await source.notes()) {
    const bytes = await source.read(file);
    const checkpoint = bytes && open(bytes, file);
    if (!bytes || !checkpoint) continue;
    if (checkpoint.size !== size) {
      add(file, "note-differs", `a note of size ${size}`, `size ${checkpoint.size}`);
    }
    notes.push({ file, checkpoint });
    if (newestBytes && newest?.size === size) stored = equal(bytes, newestBytes);
  }
  if (!newest) add(noteFile, "note-missing", "a signed checkpoint", "none that can be read");
  else if (!stored) {
    add(noteFile, "note-differs", "the same note under checkpoints/", "another, or none");
  }
  return { newest, notes, findings };

  function open(bytes: Uint8Array, file: string, quorum = "none"): Checkpoint | undefined {
    const read = trust
      ? verifyCheckpoint(bytes, { ...trust.policy, quorum }, trust.requirements)
      : readUnanchored(bytes);
    if ("refused" in read) {
      const code = read.refused === "malformed" ? "note-malformed" : "note-unbelieved";
      add(file, code, "a note this trust policy believes", read.detail);
      return code === "note-unbelieved" ? undefinedUnlessRead(bytes) : undefined;
    }
    if (origin !== undefined && read.origin !== origin) {
      add(file, "note-differs", `origin ${origin}`, `origin ${read.origin}`);
    }
    return read;
  }

  function add(file: string, code: Finding["code"], expected: string, found: string): void {
    findings.push(finding(origin ?? source.insurer, code, { file }, expected, found));
  }
}

/** A note that is not believed is still compared with the entries, so that every finding is listed. */
function undefinedUnlessRead(bytes: Uint8Array): Checkpoint | undefined {
  const read = readUnanchored(bytes);
  return "refused" in read ? undefined : read;
}

function readUnanchored(bytes: Uint8Array): Checkpoint | { refused: "malformed"; detail: string } {
  try {
    return parseCheckpoint(parseNote(bytes, "note").text);
  } catch (error) {
    if (error instanceof Malformed) return { refused: "malformed", detail: error.message };
    throw error;
  }
}

/** The finding for a note whose root is not the one the entries hash to. */
export const noteDiffers = (
  origin: string,
  { file, checkpoint }: HistoricNote,
  root: Uint8Array,
): Finding =>
  finding(
    origin,
    "note-differs",
    { file },
    `root ${toHex(root)} at size ${checkpoint.size}, from the entries`,
    `root ${toHex(checkpoint.root)} in the signed note`,
  );
