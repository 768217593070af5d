import { createHash } from "node:crypto";
import { openingsFile } from "../../shared/audit/bundle-files.ts";
import { formatOpeningLine } from "../../shared/audit/opening-line.ts";
import { paymentFileName } from "../../shared/audit/payment-files.ts";
import { fieldsOf } from "../../shared/audit/reexecute.ts";
import type { LogSource } from "../../shared/audit/source.ts";
import { verifyLog } from "../../shared/audit/verify-log.ts";
import type { Trust } from "../../shared/audit/verify-notes.ts";
import { concat, utf8 } from "../../shared/base/bytes.ts";
import type { Json } from "../../shared/base/canonical.ts";
import { unlessMalformed } from "../../shared/base/malformed.ts";
import { type Pack, packBytes, packHash } from "../../shared/coverage/pack.ts";
import { formatBundle } from "../../shared/log/bundle.ts";
import { leafHash } from "../../shared/log/hash.ts";
import { formatVerifierKey } from "../../shared/log/key.ts";
import { bundlePath, formatTile, newBundles, newTiles, tilePath } from "../../shared/log/tile.ts";
import { treeOf } from "../../shared/log/tree.ts";
import { FilesOfLog } from "../../shared/payout/files-of-log.ts";
import { formatRecord, type LedgerRecord, parseRecord } from "../../shared/record/record.ts";
import { type Opening, seal } from "../../shared/record/sealed.ts";
import { isSealedType, type RecordType, sealedSizes } from "../../shared/record/types.ts";
import { ed25519Signer, signCheckpoint } from "../log/signers.ts";

export const origin = "log.example/claims/acme";
const signerOf = (log: string) => ed25519Signer(log, 1);

/** The verifier key that signs a log, as its genesis names it. */
export const keyOf = (log: string): string => formatVerifierKey(signerOf(log).key);

/** Trust in the one key of a log, nothing else. */
export function trustIn(log: string): Trust {
  const logs = [{ key: signerOf(log).key }];
  return { policy: { logs, witnesses: [], groups: [], quorum: "none" }, requirements: [] };
}

/** One record before it is sealed: what a log keeper who rewrites history can edit. */
export interface Item {
  readonly type: RecordType;
  readonly stream: string;
  readonly actor: LedgerRecord["actor"];
  readonly time: string;
  readonly fields: Readonly<Record<string, Json>>;
}

/** A record as it stands in the log, with everything that opens it. */
export interface Entry {
  readonly bytes: Uint8Array;
  readonly leaves: readonly Uint8Array[];
  readonly openings: readonly Opening[];
}

/** The salts of one record: the same each time it is sealed, so that references to them stay true. */
export function saltsOf(stream: string, version: bigint): (bytes: number) => Uint8Array {
  return (bytes) => {
    const blocks = Array.from({ length: Math.ceil(bytes / 32) }, (_, block) =>
      createHash("sha256").update(`${stream}/${version}/${block}`).digest(),
    );
    return concat(...blocks).slice(0, bytes);
  };
}

/** Seals, chains and formats every item anew. */
export function entriesOf(items: readonly Item[]): Entry[] {
  const links = new Map<string, { version: bigint; leaf: Uint8Array }>();
  return items.map(({ fields, ...item }) => {
    const before = links.get(item.stream);
    const version = (before?.version ?? 0n) + 1n;
    const head = { ...item, origin, version, prev: before?.leaf ?? null };
    const size = isSealedType(item.type) ? sealedSizes[item.type] : undefined;
    const sealed =
      size === undefined
        ? { leaves: [], openings: [], root: new Uint8Array(0) }
        : seal(fields, size, saltsOf(item.stream, version));
    const body = size === undefined ? { public: fields } : { sealed: { size, root: sealed.root } };
    const bytes = formatRecord({ ...head, body });
    links.set(item.stream, { version, leaf: leafHash(bytes) });
    return { bytes, leaves: sealed.leaves, openings: sealed.openings };
  });
}

/** What of a log a bundle carries. */
export interface BundleOptions {
  readonly origin?: string;
  readonly packs?: readonly Pack[];
  /** Sizes of historic notes beside the newest. */
  readonly notes?: readonly number[];
  /** Entries whose openings are left out: listed in the grant, or simply gone. */
  readonly withheld?: readonly number[];
  readonly lost?: readonly number[];
}

export type Files = Map<string, Uint8Array>;

/** Every file of one insurer's part of a bundle, rebuilt and signed from `entries`. */
export function bundleOf(entries: readonly Entry[], options: BundleOptions = {}): Files {
  const files: Files = new Map();
  const leaves = entries.map(({ bytes }) => leafHash(bytes));
  const tree = treeOf(leaves);
  for (const id of newBundles(0n, tree.size)) {
    const first = Number(id.index) * 256;
    const some = entries.slice(first, first + id.width).map(({ bytes }) => bytes);
    files.set(`public/${bundlePath(id)}`, formatBundle(some));
  }
  for (const id of newTiles(0n, tree.size)) {
    const hashes = Array.from({ length: id.width }, (_, i) =>
      tree.subtree(8 * id.level, id.index * 256n + BigInt(i)),
    );
    files.set(`public/${tilePath(id)}`, formatTile(hashes));
  }
  for (const size of new Set([...(options.notes ?? []), entries.length])) {
    const { root } = treeOf(leaves.slice(0, size));
    const log = options.origin ?? origin;
    const checkpoint = { origin: log, size: BigInt(size), root, extensions: [] };
    files.set(`public/checkpoints/${size}`, signCheckpoint(checkpoint, [signerOf(log)]));
  }
  files.set("public/checkpoint", files.get(`public/checkpoints/${entries.length}`) as Uint8Array);
  for (const pack of options.packs ?? []) {
    files.set(`public/packs/${packHash(pack)}.json`, packBytes(pack));
  }
  const shut = new Set([...(options.withheld ?? []), ...(options.lost ?? [])]);
  const payments = new FilesOfLog();
  entries.forEach(({ bytes, openings, leaves }, index) => {
    if (leaves.length === 0 || shut.has(index)) return;
    const made = unlessMalformed(() =>
      payments.take({ ...parseRecord(bytes), fields: fieldsOf(openings) }),
    );
    if (made) files.set(paymentFileName(made.file), made.bytes);
    const open = leaves.map((leaf, i) => (i < openings.length ? null : leaf));
    const line = formatOpeningLine({ index: BigInt(index), leaves: open, openings });
    const file = openingsFile(BigInt(index) / 256n);
    files.set(file, concat(files.get(file) ?? new Uint8Array(0), utf8(`${line}\n`)));
  });
  if (options.withheld) {
    files.set("openings/withheld", utf8(options.withheld.map((index) => `${index}\n`).join("")));
  }
  return files;
}

/** The files as the audit reads them. */
export const sourceOf = (files: Files): LogSource => ({
  insurer: "acme",
  read: async (file) => files.get(file),
  files: () => [...files.keys()].sort(),
  checkpoint: async () => files.get("public/checkpoint"),
  notes: async () =>
    [...files.keys()]
      .flatMap((file) => {
        const size = /^public\/checkpoints\/(\d+)$/.exec(file)?.[1];
        return size === undefined ? [] : [{ size: BigInt(size), file }];
      })
      .sort((a, b) => (a.size < b.size ? -1 : 1)),
});

/** The verdict on `files` by an auditor who trusts the log's key. */
export const auditOf = (files: Files, log: string) =>
  verifyLog(sourceOf(files), log, trustIn(log), () => undefined);
export const audit = (files: Files) => auditOf(files, origin);

/** Every finding as "index code", "-" for one of a whole log. */
export async function findingsIn(files: Files): Promise<string[]> {
  const { findings } = await audit(files);
  return findings.map(({ index, code }) => `${index ?? "-"} ${code}`);
}
