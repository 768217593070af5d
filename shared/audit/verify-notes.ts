import { equal, toHex } from "../base/bytes.ts";
import { Malformed } from "../base/malformed.ts";
import { type Checkpoint, parseCheckpoint } from "../log/checkpoint.ts";
import type { VerifierKey } from "../log/key.ts";
import { parseNote } from "../log/note.ts";
import type { Policy } from "../log/policy.ts";
import type { Requirement } from "../log/require.ts";
import { believeCheckpoint } from "../proof/verify-checkpoint.ts";
import { type Finding, finding } from "./finding.ts";
import { type KeysInForce, wrongSigners } from "./keys-in-force.ts";
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
  /** The keys of the trust policy that signed it; undefined where it is not believed, or nobody is trusted. */
  readonly signers?: readonly VerifierKey[] | undefined;
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
  const newest = newestBytes && open(newestBytes, noteFile, trust?.policy.quorum)?.checkpoint;
  const notes: HistoricNote[] = [];
  let stored = false;
  for (const { size, file } of await source.notes()) {
    const bytes = await source.read(file);
    const opened = bytes && open(bytes, file);
    if (!bytes || !opened) continue;
    const { checkpoint } = opened;
    if (checkpoint.size !== size) {
      add(file, "note-differs", `a note of size ${size}`, `size ${checkpoint.size}`);
    }
    notes.push({ file, ...opened });
    if (newestBytes && newest?.size === size) stored = equal(bytes, newestBytes);
  }
  if (!newest) add(noteFile, "note-missing", "a signed checkpoint", "none that can be read");
  else if (!stored) {
    add(noteFile, "note-differs", "the same note under checkpoints/", "another, or none");
  }
  return { newest, notes, findings };

  function open(bytes: Uint8Array, file: string, quorum = "none"): Opened | undefined {
    const read = trust
      ? believeCheckpoint(bytes, { ...trust.policy, quorum }, trust.requirements)
      : readUnanchored(bytes);
    if ("refused" in read) {
      const code = read.refused === "malformed" ? "note-malformed" : "note-unbelieved";
      add(file, code, "a note this trust policy believes", read.detail);
      return code === "note-unbelieved" ? undefinedUnlessRead(bytes) : undefined;
    }
    const { checkpoint } = read;
    if (origin !== undefined && checkpoint.origin !== origin) {
      add(file, "note-differs", `origin ${origin}`, `origin ${checkpoint.origin}`);
    }
    return { checkpoint, signers: read.logKeys };
  }

  function add(file: string, code: Finding["code"], expected: string, found: string): void {
    findings.push(finding(origin ?? source.insurer, code, { file }, expected, found));
  }
}

type Opened = Pick<HistoricNote, "checkpoint" | "signers">;

/** A note that is not believed is still compared with the entries, so that every finding is listed. */
function undefinedUnlessRead(bytes: Uint8Array): Opened | undefined {
  const read = readUnanchored(bytes);
  return "refused" in read ? undefined : read;
}

function readUnanchored(
  bytes: Uint8Array,
): { checkpoint: Checkpoint; logKeys?: undefined } | { refused: "malformed"; detail: string } {
  try {
    return { checkpoint: parseCheckpoint(parseNote(bytes, "note").text) };
  } catch (error) {
    if (error instanceof Malformed) return { refused: "malformed", detail: error.message };
    throw error;
  }
}

/** What is wrong with a note once its tree is known: `root` is what the entries hash to at its size, undefined where fewer can be read. */
export function noteFindings(
  origin: string,
  { file, checkpoint: { size, root: signed }, signers }: HistoricNote,
  root: Uint8Array | undefined,
  keys: KeysInForce | undefined,
): Finding[] {
  const found: Finding[] = [];
  const wrong = signers && keys && wrongSigners(keys, signers);
  if (wrong) {
    const expected = `a signature by each type of key in force at size ${size}`;
    found.push(finding(origin, "note-unbelieved", { file }, expected, wrong));
  }
  if (!root) {
    const expected = `the log as far as size ${size}`;
    found.push(finding(origin, "note-differs", { file }, expected, "less of it can be read"));
  } else if (!equal(root, signed)) {
    const expected = `root ${toHex(root)} at size ${size}, from the entries`;
    const differs = `root ${toHex(signed)} in the signed note`;
    found.push(finding(origin, "note-differs", { file }, expected, differs));
  }
  return found;
}
