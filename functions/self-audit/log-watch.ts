import { EntryCheck } from "../../shared/audit/entry-check.ts";
import { Erasures } from "../../shared/audit/erasures.ts";
import { type Finding, type FindingCode, finding } from "../../shared/audit/finding.ts";
import { Fold } from "../../shared/audit/fold.ts";
import { KeptBundles } from "../../shared/audit/kept-bundles.ts";
import { type OpeningLine, openingLine } from "../../shared/audit/opening-line.ts";
import { noteFindings } from "../../shared/audit/verify-notes.ts";
import { equal, toHex } from "../../shared/base/bytes.ts";
import { least } from "../../shared/base/least.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { type CompiledPack, compilePack } from "../../shared/coverage/compile.ts";
import { packHash, parsePublishedPack } from "../../shared/coverage/pack.ts";
import { parseBundle } from "../../shared/log/bundle.ts";
import { append, emptyFrontier, rootOf } from "../../shared/log/frontier.ts";
import { leafHash } from "../../shared/log/hash.ts";
import { formatVerifierKey, type VerifierKey } from "../../shared/log/key.ts";
import { type Policy, unwitnessed } from "../../shared/log/policy.ts";
import { bundlePath } from "../../shared/log/tile.ts";
import type { PartCipher } from "../../shared/ports/cipher.ts";
import type { ExportRow, ExportRows } from "../../shared/ports/export.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { type Believed, believeCheckpoint } from "../../shared/proof/verify-checkpoint.ts";
import { openRecord } from "../command/openings.ts";
import type { PersonKeys } from "../command/person-keys.ts";
import { signedSize } from "../command/signed-size.ts";

/** What a self-audit reads: the database's rows as its auditor role, the published log, and the keys that open parts. */
export interface SelfAuditPorts {
  readonly rows: ExportRows;
  readonly published: ObjectStore;
  readonly keys: PersonKeys;
  readonly cipher: PartCipher;
  /** The keys a log must be signed with. */
  readonly logKeys: (insurer: string) => Promise<readonly VerifierKey[]>;
  readonly originOf: (insurer: string) => string;
}

const bundleWidth = 256n;
/** Entries taken in, and entries looked at once more, per round. */
export const mostNew = 2_048n;
export const mostAgain = 512n;

/** Resolves once all that waited in this thread had its turn. */
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Follows one log: each round takes in what the newest checkpoint added, and looks at some older entries once more, in turn. Database and
 * published log must say the same, lead to the signed root, and every act must come out again. What it has seen is kept in memory only. After each
 * entry whoever shares its thread has a turn.
 */
export class LogWatch {
  readonly #ports: SelfAuditPorts;
  readonly #insurer: string;
  readonly #origin: string;
  readonly #findings: Finding[] = [];
  readonly #packs = new Map<string, CompiledPack>();
  readonly #leaves: Uint8Array[] = [];
  readonly #fold = new Fold((hash) => this.#packs.get(hash));
  readonly #check: EntryCheck;
  readonly #erasures = new Erasures();
  #kept = new KeptBundles();
  #ahead = 0n;
  #frontier = emptyFrontier;
  #again = 0n;

  constructor(ports: SelfAuditPorts, insurer: string, keys: readonly VerifierKey[]) {
    this.#ports = ports;
    this.#insurer = insurer;
    this.#origin = ports.originOf(insurer);
    const trusted = keys.map(formatVerifierKey);
    const [origin, fold, packs] = [this.#origin, this.#fold, this.#packs] as const;
    this.#check = new EntryCheck(origin, fold, packs, trusted, this.#findings, this.#erasures);
  }

  /** How many entries were taken in. */
  get size(): bigint {
    return this.#frontier.size;
  }

  /** Every finding since the beginning. */
  get findings(): readonly Finding[] {
    return this.#findings;
  }

  /** One round; gives every finding since the beginning. Throws Unavailable. */
  async round(): Promise<readonly Finding[]> {
    const note = await this.#ports.published.get(`${this.#insurer}/checkpoint`);
    if (!note) return this.#findings;
    const policy = unwitnessed(await this.#ports.logKeys(this.#insurer));
    const believed = believeCheckpoint(note.bytes, policy);
    if ("refused" in believed) {
      this.#add("note-unbelieved", undefined, "a checkpoint by the log's keys", believed.detail);
      return this.#findings;
    }
    const { size } = believed.checkpoint;
    if (size < this.size) {
      this.#add("prefix-differs", undefined, `at least ${this.size} entries`, `${size} entries`);
      return this.#findings;
    }
    await this.#readPacks();
    await this.#readAhead(size);
    await this.#lookAgain(size);
    await this.#goOn(size);
    if (this.size < size) return this.#findings;
    this.#kept = new KeptBundles();
    this.#compare(believed, policy);
    return this.#findings;
  }

  /** The newest note with the tree and the keys in force that its entries lead to. */
  #compare({ checkpoint, logKeys: signers }: Believed, { logs }: Pick<Policy, "logs">): void {
    const named = this.#fold.opened?.state.keys;
    const keys = named && { named, trusted: logs.map(({ key }) => key) };
    const note = { file: "checkpoint", checkpoint, signers };
    for (const each of noteFindings(this.#origin, note, rootOf(this.#frontier), keys)) {
      this.#add(each.code, undefined, each.expected, each.found);
    }
  }

  /** Takes in what the log erases as far as its checkpoint covers it, for an erasure stands after the records it closes. */
  async #readAhead(size: bigint): Promise<void> {
    while (this.#ahead < size) {
      const { path, width } = this.#bundleAt(this.#ahead, size);
      const bytes = (await this.#ports.published.get(path))?.bytes;
      if (bytes) {
        this.#erasures.read(this.#entries(bytes, width, this.#ahead) ?? []);
        this.#kept.keep(path, bytes);
      }
      this.#ahead = least(size, (this.#ahead / bundleWidth + 1n) * bundleWidth);
    }
  }

  async #goOn(size: bigint): Promise<void> {
    const end = least(size, this.size + mostNew);
    while (this.size < end) {
      const from = this.size;
      const to = least(end, (from / bundleWidth + 1n) * bundleWidth);
      const rows = await this.#rowsAsPublished(from, to, size);
      if (!rows) return;
      for (const row of rows) {
        const leaf = leafHash(row.record);
        this.#leaves.push(leaf);
        this.#frontier = append(this.#frontier, leaf);
        const line = await this.#openings(row);
        // What nobody can open any more and no erasure covers is for the audit of a bundle to call a hole: its keys may be gone a moment before its record.
        await this.#check.entry(row.index, "entry", row.record, leaf, line, line === undefined);
        await nextTurn();
      }
    }
  }

  async #lookAgain(size: bigint): Promise<void> {
    if (this.#again >= this.size) this.#again = 0n;
    const end = least(this.size, this.#again + mostAgain);
    while (this.#again < end) {
      const to = least(end, (this.#again / bundleWidth + 1n) * bundleWidth);
      const rows = await this.#rowsAsPublished(this.#again, to, size);
      for (const row of rows ?? []) {
        const seen = this.#leaves[Number(row.index)];
        if (seen && !equal(leafHash(row.record), seen)) {
          this.#add(
            "row-differs",
            row.index,
            `leaf ${toHex(seen)}, as seen before`,
            "another record",
          );
        }
        await this.#openings(row);
        await nextTurn();
      }
      this.#again = to;
    }
  }

  /** The rows from `from` to `to`, of one bundle, compared with what is published; undefined where either can't be had. */
  async #rowsAsPublished(from: bigint, to: bigint, size: bigint) {
    const { path, width } = this.#bundleAt(from, size);
    const kept = from === this.size ? this.#kept.take(path) : undefined;
    const bytes = kept ?? (await this.#ports.published.get(path))?.bytes;
    // A log that went on meanwhile may have collected a partial bundle: the next round asks for the one it has then.
    if (!bytes && (await signedSize(this.#ports.published, this.#insurer)) !== size)
      return undefined;
    const rows = await this.#ports.rows.read(this.#insurer, from, to);
    if (!bytes || BigInt(rows.length) !== to - from) {
      const found = bytes ? `${rows.length} rows` : "no such bundle";
      this.#add(
        bytes ? "row-differs" : "bundle-malformed",
        from,
        `entries ${from} to ${to}`,
        found,
      );
      return undefined;
    }
    const entries = this.#entries(bytes, width, from);
    for (const { index, record, leafHash: kept } of rows) {
      const entry = entries?.[Number(index % bundleWidth)];
      if (entry && equal(entry, record) && equal(leafHash(record), kept)) continue;
      this.#add("row-differs", index, "the published entry and its leaf hash", "another row");
    }
    return rows;
  }

  /** Where the bundle of the entry at `from` is published in a log of `size`, and its width. */
  #bundleAt(from: bigint, size: bigint) {
    const index = from / bundleWidth;
    const width = Number(least(bundleWidth, size - index * bundleWidth));
    return { path: `${this.#insurer}/${bundlePath({ index, width })}`, width };
  }

  #entries(bytes: Uint8Array, width: number, from: bigint): readonly Uint8Array[] | undefined {
    try {
      return parseBundle(bytes, width);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.#add("bundle-malformed", from, `${width} entries`, error.message);
      return undefined;
    }
  }

  /** The record's openings, if all of it can be opened; a finding where what is kept of it is not what it seals. */
  async #openings(row: ExportRow): Promise<OpeningLine | undefined> {
    const { keys, cipher } = this.#ports;
    if (!row.leaves) return undefined;
    try {
      const store = { parts: async () => row.parts };
      const openings = await openRecord({ store, keys, cipher }, this.#insurer, row);
      const leaves = Array.from({ length: row.leaves.length / 32 }, (_, at) =>
        (row.leaves ?? new Uint8Array()).slice(32 * at, 32 * at + 32),
      );
      const line = openingLine(row.index, leaves, openings);
      for (const { person, class: kind } of row.parts) {
        const context = { insurer: this.#insurer, person, class: kind };
        if (!(await keys.find(context))) return undefined;
      }
      return row.parts.length > 0 ? line : undefined;
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.#add("opening-differs", row.index, "what the record seals", error.message);
      return undefined;
    }
  }

  async #readPacks(): Promise<void> {
    for await (const key of this.#ports.published.list(`${this.#insurer}/packs/`)) {
      const hash = /\/([0-9a-f]{64})\.json$/.exec(key)?.[1];
      if (hash === undefined || this.#packs.has(hash)) continue;
      const text = await this.#ports.published.get(key);
      try {
        const pack = text && parsePublishedPack(text.bytes);
        if (!pack || packHash(pack) !== hash) throw new Malformed(key, "hashes to another name");
        this.#packs.set(hash, compilePack(pack));
      } catch (error) {
        if (!(error instanceof Malformed)) throw error;
        this.#add("pack-differs", undefined, "the pack its name hashes", error.message);
      }
    }
  }

  /** Each thing once, however often it is met. */
  #add(code: FindingCode, index: bigint | undefined, expected: string, found: string): void {
    const at = index === undefined ? {} : { index };
    const made = finding(this.#origin, code, at, expected, found);
    const known = this.#findings.some((each) => each.code === code && each.index === made.index);
    if (!known && this.#findings.length < 1_000) this.#findings.push(made);
  }
}
