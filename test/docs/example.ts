import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Draft, draftRecord } from "../../functions/command/draft.ts";
import { closeBundle } from "../../local/bundle/folder.ts";
import { Fold } from "../../shared/audit/fold.ts";
import { formatOpeningLine, openingLine } from "../../shared/audit/opening-line.ts";
import { claimWorld, proposalWorld } from "../../shared/audit/reader.ts";
import type { Act } from "../../shared/base/actor.ts";
import { toHex } from "../../shared/base/bytes.ts";
import { parseDay } from "../../shared/base/day.ts";
import type { DomainEvent } from "../../shared/base/event.ts";
import { type Instant, parseInstant } from "../../shared/base/instant.ts";
import { isRefusal, type Refusal } from "../../shared/base/refusal.ts";
import { adjudicateClaim } from "../../shared/claim/adjudicate.ts";
import { submitClaim } from "../../shared/claim/submit.ts";
import { compilePack } from "../../shared/coverage/compile.ts";
import { type Pack, packBytes, packHash } from "../../shared/coverage/pack.ts";
import { xiangHuBao1, xiangHuBao2 } from "../../shared/coverage/packs.ts";
import { formatBundle } from "../../shared/log/bundle.ts";
import { formatVerifierKey } from "../../shared/log/key.ts";
import { formatPolicy } from "../../shared/log/policy-file.ts";
import { formatRequirements } from "../../shared/log/require.ts";
import {
  bundlePath,
  formatTile,
  newBundles,
  newTiles,
  parseTile,
  tilePath,
} from "../../shared/log/tile.ts";
import { treeOf } from "../../shared/log/tree.ts";
import { proposePayout } from "../../shared/payout/propose.ts";
import { openLog, publishBands } from "../../shared/policy/insurer.ts";
import { issuePolicy } from "../../shared/policy/policy.ts";
import { publishPack } from "../../shared/policy/publish-pack.ts";
import { formatReceipt, showOpenings } from "../../shared/proof/receipt.ts";
import { ed25519Signer, repeatableMlDsa44Signer, signCheckpoint } from "../log/signers.ts";
import { signedIn } from "../policy/sample.ts";

/** The log that docs/spec/ shows: nine records of one claim that is referred under a pack's first version and paid under its second. */
export const origin = "claims.example/acme";
const signers = [ed25519Signer(origin, 7), repeatableMlDsa44Signer(origin, 7)];

/** Bytes that look random and are the same on every machine. A real platform never seals with such. */
function repeatable(): (bytes: number) => Uint8Array {
  let drawn = 0;
  return (bytes) => {
    const blocks = Array.from({ length: Math.ceil(bytes / 32) }, () =>
      createHash("sha256").update(`countersign example ${drawn++}`).digest(),
    );
    return new Uint8Array(Buffer.concat(blocks).subarray(0, bytes));
  };
}

const random = repeatable();
const handle = (): string => toHex(random(16));
const at = (time: string): Instant => parseInstant(`2020-0${time}.000000Z`, "time");
const machine = (time: string): Act => ({ kind: "machine", now: at(time) });
const cny = (minor: bigint) => ({ minor, currency: "CNY" }) as const;

const compiled = new Map(
  [xiangHuBao1, xiangHuBao2].map((pack) => [packHash(pack), compilePack(pack)]),
);
const fold = new Fold((hash) => compiled.get(hash));
const drafts: Draft[] = [];
const placed = new Map<string, { version: bigint; leafHash: Uint8Array }>();

async function put(event: DomainEvent | Refusal, act: Act): Promise<void> {
  if (isRefusal(event)) throw new Error(event.detail);
  const before = placed.get(event.stream);
  const version = (before?.version ?? 0n) + 1n;
  const place = { origin, version, prev: before?.leafHash ?? null };
  const draft = draftRecord(event, act, place, insured, (stream) => fold.fieldsOf(stream), random);
  fold.apply(event, version, act.kind, draft.record.time, draft.openings);
  placed.set(event.stream, { version, leafHash: draft.leafHash });
  drafts.push(draft);
}

const [log, pack, policy, claim, payout, insured] = [0, 0, 0, 0, 0, 0].map(handle) as [
  string,
  string,
  string,
  string,
  string,
  string,
];

const [author, approver] = [handle(), handle()];
const opened = machine("1-05T08:00:00");
await put(
  openLog(log, {
    insurer: "acme",
    kind: "insurer",
    simulation: false,
    currency: "CNY",
    keys: signers.map(({ key }) => formatVerifierKey(key)),
  }),
  opened,
);
const insurer = () => fold.insurer();
const bands = [
  { upTo: 50_000_000n, approvers: 0n },
  { upTo: 500_000_000n, approvers: 1n },
];
await put(publishBands(await insurer(), { currency: "CNY", bands }, opened), opened);
/** Publishes a version of the pack: one person wrote it, another approves it. */
async function publish(version: Pack, time: string): Promise<void> {
  const signatory = { person: approver, credential: signedIn };
  const act = { kind: "person", now: at(time), signatory } as const;
  const before = await fold.stream("pack", pack);
  const text = compilePack(version);
  const publication = { text, author, earlier: compiled };
  await put(publishPack(await insurer(), before, pack, publication, act), act);
}
await publish(xiangHuBao1, "1-05T08:00:00");
const parties = [{ role: "insured", person: insured }] as const;
const terms = {
  insured,
  parties: [...parties],
  coverage: "critical-illness",
  start: parseDay("2019-03-04", "start"),
  end: null,
  birthDate: parseDay("1985-06-15", "birth"),
  limit: cny(30_000_000n),
  pack,
};
await put(issuePolicy(await insurer(), policy, terms, opened), opened);

const submitted: Act = {
  kind: "person",
  now: at("2-12T09:26:53"),
  signatory: { person: insured, credential: signedIn },
};
const submission = {
  policy,
  event: "death",
  lossDate: parseDay("2020-02-10", "loss"),
  diagnosisDate: parseDay("2020-01-28", "diagnosis"),
  diagnoses: [{ system: "icd-10", code: "U07.1" }],
  lines: [{ service: "mutual aid benefit", claimed: cny(10_000_000n) }],
  payee: { name: "Simulated Payee", account: "SIM000000001" },
} as const;
await put(
  submitClaim(
    await insurer(),
    await fold.stream("policy", policy),
    claim,
    { ...submission, diagnoses: [...submission.diagnoses], lines: [...submission.lines] },
    { person: insured, channel: "claimant" },
    submitted,
  ),
  submitted,
);

async function adjudicate(act: Act): Promise<void> {
  const world = await claimWorld(fold, claim);
  if (!world) throw new Error("the claim is there");
  await put(adjudicateClaim(world, act), act);
}
await adjudicate(machine("2-12T09:26:54"));
await publish(xiangHuBao2, "2-18T10:00:00");
const paid = machine("2-18T10:00:07");
await adjudicate(paid);
const world = await proposalWorld(fold, claim);
if (!world) throw new Error("the claim is there");
await put(proposePayout(world, payout, {}, paid), paid);

/** The records in log order, with all their openings. */
export const records: readonly Draft[] = drafts;

const noteAt = (size: number): Uint8Array => {
  const { root } = treeOf(records.slice(0, size).map(({ leafHash }) => leafHash));
  return signCheckpoint({ origin, size: BigInt(size), root, extensions: [] }, signers);
};
const size = records.length;
const tree = treeOf(records.map(({ leafHash }) => leafHash));
export const checkpoint = noteAt(size);

/** The trust policy of the log, and its requirements. */
export const trustPolicy = formatPolicy({
  logs: signers.map(({ key }) => ({ key })),
  witnesses: [],
  groups: [],
  quorum: "none",
});
export const requirements = formatRequirements([{ size: 1n, signatures: "ed25519+mldsa44" }]);

/** The receipt of the record at `index` that shows the fields of `paths`. */
export function receiptOf(index: number, paths: readonly string[]): string {
  const draft = records[index];
  if (!draft) throw new Error("no such record");
  const shown = draft.openings.filter(({ path }) => paths.includes(path));
  const openings = showOpenings(leavesOf(draft), shown);
  const proof = {
    index: BigInt(index),
    hashes: tree.inclusion(BigInt(index)),
    checkpointNote: checkpoint,
  };
  return formatReceipt({ record: draft.bytes, openings }, proof);
}

/** All leaf hashes of a record's sealed tree. */
export const leavesOf = ({ leaves }: Draft): Uint8Array[] => parseTile(leaves, leaves.length / 32);

/** The line of the openings file for the record at `index`. */
export function openingsLineOf(index: number): string {
  const draft = records[index];
  if (!draft) throw new Error("no such record");
  return formatOpeningLine(openingLine(BigInt(index), leavesOf(draft), draft.openings));
}

/** Writes the log's audit bundle into `folder`, closed by its manifest. */
export function writeBundle(folder: string): void {
  for (const [path, bytes] of bundleFiles()) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  closeBundle(folder);
}

/** Every file of the bundle but the manifest, by path. */
function bundleFiles(): Map<string, Uint8Array> {
  const text = (value: string): Uint8Array => new TextEncoder().encode(value);
  const files = new Map<string, Uint8Array>([
    ["acme/public/checkpoint", checkpoint],
    ["acme/public/checkpoints/5", noteAt(5)],
    [`acme/public/checkpoints/${size}`, checkpoint],
  ]);
  for (const each of [xiangHuBao1, xiangHuBao2]) {
    files.set(`acme/public/packs/${packHash(each)}.json`, packBytes(each));
  }
  for (const id of newBundles(0n, BigInt(size))) {
    files.set(`acme/public/${bundlePath(id)}`, formatBundle(records.map(({ bytes }) => bytes)));
  }
  for (const id of newTiles(0n, BigInt(size))) {
    files.set(`acme/public/${tilePath(id)}`, formatTile(records.map(({ leafHash }) => leafHash)));
  }
  const lines = records.flatMap(({ leaves }, index) =>
    leaves.length > 0 ? [`${openingsLineOf(index)}\n`] : [],
  );
  files.set("acme/openings/000000.jsonl", text(lines.join("")));
  return files;
}
