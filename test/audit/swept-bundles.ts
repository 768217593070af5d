import type { JWK } from "jose";
import { closedEnding, closeFor, newAuditorKey } from "../../functions/auditor/envelope.ts";
import { formatOpeningLine, openingLine } from "../../shared/audit/opening-line.ts";
import type { Trust } from "../../shared/audit/verify-notes.ts";
import { concat, utf8 } from "../../shared/base/bytes.ts";
import { parseCheckpoint } from "../../shared/log/checkpoint.ts";
import { parseNote } from "../../shared/log/note.ts";
import {
  ed25519Signer,
  repeatableMlDsa44Signer,
  signCheckpoint,
  type TestSigner,
} from "../log/signers.ts";
import { bands } from "../policy/sample.ts";
import { bundleOf, type Entry, entriesOf, type Files, type Item, keyOf, origin } from "./bundle.ts";
import { erasedWalk } from "./erased-walk.ts";
import { staff } from "./walk.ts";

/** Files of one log as some auditor has them, and which of them are swept. */
export interface Swept {
  readonly files: Files;
  readonly sweep: (file: string) => boolean;
  readonly trust?: Trust;
  readonly key?: JWK;
}

export const witness = ed25519Signer("witness.example", 2, "cosignature");
export const stranger = ed25519Signer("stranger.example", 3, "cosignature");
const log = ed25519Signer(origin, 1);
const postQuantum = repeatableMlDsa44Signer(origin, 1);
const openings = "openings/000000.jsonl";

const trust: Trust = {
  policy: {
    logs: [{ key: log.key }, { key: postQuantum.key }],
    witnesses: [{ name: "w", key: witness.key }],
    groups: [],
    quorum: "w",
  },
  requirements: [{ size: 1n, signatures: "ed25519+mldsa44" }],
};

/** Every note signed anew by these: the newest and its copy are the same bytes. */
function signedBy(files: Files, signers: readonly TestSigner[]): Files {
  const signed = new Map(files);
  for (const [file, bytes] of files) {
    if (!file.startsWith("public/checkpoints/")) continue;
    const note = signCheckpoint(parseCheckpoint(parseNote(bytes).text), signers);
    signed.set(file, note);
    if (files.get("public/checkpoint") === bytes) signed.set("public/checkpoint", note);
  }
  return signed;
}

/**
 * The log of one person, insured, paid and erased, and of another whose claim was decided; one record is withheld, of another only who acted is
 * still open. Its notes are signed by both keys of the log, by a witness and by somebody no policy knows.
 */
export async function wholeBundle(): Promise<Files> {
  const walk = await erasedWalk();
  const entries = entriesOf(walk.items);
  const erased = ["policy", "submitted", "decided", "closed", "cancelled"];
  const [shown, withheld] = [walk.at("submitted"), [walk.at("other decided")]];
  const lost = erased.map((name) => walk.at(name));
  const files = bundleOf(entries, { packs: walk.packs, notes: [5], lost, withheld });
  const { leaves, openings: all } = entries[shown] as Entry;
  const by = all.filter(({ path }) => path === "by");
  const line = utf8(`${formatOpeningLine(openingLine(BigInt(shown), leaves, by))}\n`);
  files.set(openings, concat(line, files.get(openings) ?? new Uint8Array()));
  return signedBy(files, [log, postQuantum, witness, stranger]);
}

/** The beginning of that log, its openings closed for the holder of the key. */
async function closedBundle(): Promise<Swept> {
  const { items } = await erasedWalk();
  const files = bundleOf(entriesOf(items.slice(0, 4)));
  const key = await newAuditorKey();
  const closed = await closeFor(key.public, files.get(openings) ?? new Uint8Array());
  files.delete(openings);
  files.set(`${openings}${closedEnding}`, closed);
  return { files, key: key.private, sweep: (file) => file.endsWith(closedEnding) };
}

/** A log of 258 public records: a full tile and bundle, a partial one of each, and a tile of level 1. */
export function wideBundle(): Files {
  const genesis = { insurer: "acme", kind: "insurer", simulation: false, currency: "USD" };
  const published = bands.map(({ upTo, approvers }) => ({
    upTo: `${upTo}`,
    approvers: `${approvers}`,
  }));
  const item = (type: Item["type"], actor: Item["actor"], fields: Item["fields"]): Item => ({
    type,
    stream: "0".repeat(32),
    actor,
    time: "2026-03-04T12:00Z",
    fields,
  });
  const items = [
    item("log.genesis", "machine", { ...genesis, keys: [keyOf(origin)] }),
    ...Array.from({ length: 257 }, () =>
      item("bands.published", "person", { currency: "USD", bands: published, by: staff }),
    ),
  ];
  return bundleOf(entriesOf(items));
}

const isNote = (file: string): boolean => file.startsWith("public/checkpoint");
const isPack = (file: string): boolean => file.startsWith("public/packs/");
const only = (files: Files, some: (file: string) => boolean): Files =>
  new Map([...files].filter(([file]) => some(file)));

/**
 * What is swept, each by the auditor who has least to hold it against, and without what its bytes do not bear on: who has more sees no less. Entries,
 * tiles, openings and the grant without packs or a trust policy; packs with the log's first three entries; the newest note and its copy without a
 * policy; an earlier note by the policy alone.
 */
export async function sweptBundles(): Promise<ReadonlyMap<string, Swept>> {
  const files = await wholeBundle();
  const { items, packs } = await erasedWalk();
  const newest = files.get("public/checkpoint");
  const isNewest = (file: string): boolean => isNote(file) && files.get(file) === newest;
  const isEarlier = (file: string): boolean => isNote(file) && !isNewest(file);
  return new Map<string, Swept>([
    ["log", { files: only(files, (file) => !isPack(file)), sweep: (file) => !isNote(file) }],
    ["packs", { files: bundleOf(entriesOf(items.slice(0, 3)), { packs }), sweep: isPack }],
    ["newest note", { files: only(files, isNewest), sweep: isNewest }],
    ["earlier note", { files: only(files, isEarlier), sweep: isEarlier, trust }],
    ["closed openings", await closedBundle()],
    ["wide", { files: wideBundle(), sweep: (file) => file.endsWith("entries/001.p/2") }],
  ]);
}
