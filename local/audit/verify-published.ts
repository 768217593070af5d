import type { Finding } from "../../shared/audit/finding.ts";
import type { LogVerdict } from "../../shared/audit/fold-log.ts";
import { ownNote } from "../../shared/audit/own-note.ts";
import type { LogSource } from "../../shared/audit/source.ts";
import { verifyLog } from "../../shared/audit/verify-log.ts";
import { noteFindings, openNotes, type Trust } from "../../shared/audit/verify-notes.ts";
import { verifyTiles } from "../../shared/audit/verify-tiles.ts";
import { assert } from "../../shared/base/malformed.ts";
import type { Checkpoint } from "../../shared/log/checkpoint.ts";
import { bundlesOf, parseTile, tilePath } from "../../shared/log/tile.ts";
import { treeOf } from "../../shared/log/tree.ts";
import { originOf } from "../bundle/trust.ts";
import { reading, Unreadable } from "../terminal/reading.ts";
import type { LogFiles } from "./log-files.ts";
import {
  type Questions,
  uncheckedKinds,
  type Verdict,
  type VerifyLog,
  verifyBundle,
} from "./verdict.ts";

/**
 * Verifies the published part of the log of the one policy in `trusts`: its newest checkpoint and every hash tile; with `entries`, where these
 * may be read, they are hashed too and their chains followed. Earlier notes, openings and packs are at no address: the verdict says what was not
 * looked at. Throws Unreadable where a file is missing.
 */
export async function verifyPublished(
  files: LogFiles,
  trusts: ReadonlyMap<string, Trust>,
  entries: boolean,
  progress: (entries: number) => void,
  questions: Questions,
): Promise<Verdict> {
  const [origin = ""] = [...trusts.values()].map((trust) => originOf(trust) ?? "");
  const insurer = origin.slice(origin.lastIndexOf("/") + 1);
  const sources = [await sourceOf(files, insurer)];
  const verify: VerifyLog = async (source, name, trust, told, from) => {
    assert(trust !== undefined, "a published log is verified by a policy");
    if (!entries) return verifyHashes(source, trust, told, from);
    const verdict = await verifyLog(source, name, trust, told, from);
    // Rule packs are no part of what is published: there is nothing to compare with.
    return { ...verdict, findings: verdict.findings.filter(({ code }) => code !== "pack-differs") };
  };
  const verdict = await verifyBundle(
    { sources, findings: [] },
    trusts,
    progress,
    verify,
    questions,
  );
  const needEntries: readonly string[] = ["entries", "keys-in-force"];
  const unchecked = uncheckedKinds.filter((kind) => !entries || !needEntries.includes(kind));
  return { ...verdict, unchecked };
}

async function verifyHashes(
  source: LogSource,
  trust: Trust,
  progress: (entries: number) => void,
  from: Checkpoint | undefined,
): Promise<LogVerdict> {
  const { newest, notes, findings } = await openNotes(source, originOf(trust), trust);
  const leaves: Uint8Array[] = [];
  for (const bundle of bundlesOf(newest?.size ?? 0n)) {
    const id = { level: 0, ...bundle };
    const bytes = (await source.read(`public/${tilePath(id)}`)) ?? new Uint8Array();
    leaves.push(...reading(source.insurer, () => parseTile(bytes, id.width, tilePath(id))));
    progress(id.width);
  }
  const tree = treeOf(leaves);
  const found: Finding[] = [...findings, ...(await verifyTiles(source, nameOf(newest), tree))];
  for (const note of notes) {
    found.push(...noteFindings(nameOf(newest), note, tree.root, undefined));
  }
  found.push(...ownNote(nameOf(newest), from).findings(tree));
  return {
    origin: nameOf(newest),
    size: tree.size,
    root: tree.root,
    tally: noTally,
    payments: { files: 0, rederived: 0 },
    clocks: { breaches: 0, unread: 0 },
    imports: { revisions: 0, proven: 0, unread: 0 },
    acts: { sealed: 0, reexecuted: 0 },
    findings: found,
  };
}

const noTally = { entries: 0, decisions: 0, reexecuted: 0, withheld: 0, erased: 0, holes: 0 };
const nameOf = (newest: Checkpoint | undefined): string => newest?.origin ?? "";

/** A hostile server could answer any number of files; this many leaf hashes are two gigabytes. */
const mostEntries = 2n ** 26n;

/** The log as an audit reads a bundle: its one note is the newest, and its files are those it is asked for. */
async function sourceOf(files: LogFiles, insurer: string): Promise<LogSource> {
  const note = await files.read("checkpoint");
  if (!note) throw new Unreadable(`${files.name} has no checkpoint`);
  const size = /^.*\n([1-9][0-9]{0,18})\n/.exec(new TextDecoder().decode(note))?.[1];
  if (BigInt(size ?? 0) > mostEntries) {
    throw new Unreadable(`${files.name} claims over ${mostEntries} entries`);
  }
  const own = `public/checkpoints/${size ?? "0"}`;
  return {
    insurer,
    publicOnly: true,
    files: () => [],
    checkpoint: async () => note,
    notes: async () => (size === undefined ? [] : [{ size: BigInt(size), file: own }]),
    read: async (file) => {
      if (file === own) return note;
      const path = file.slice("public/".length);
      const bytes = await files.read(path);
      if (!bytes) throw new Unreadable(`${files.name} has no ${path}`);
      return bytes;
    },
  };
}
