import { equal, toHex } from "../base/bytes.ts";
import type { Json } from "../base/canonical.ts";
import { decodeContent } from "../base/event.ts";
import { Malformed } from "../base/malformed.ts";
import type { CompiledPack } from "../coverage/compile.ts";
import type { PackState } from "../policy/pack.ts";
import { type LedgerRecord, parseRecord } from "../record/record.ts";
import { type Finding, type FindingCode, finding } from "./finding.ts";
import type { Fold } from "./fold.ts";
import { type OpeningLine, sealedRootOf } from "./opening-line.ts";
import { fieldsOf, reexecute } from "./reexecute.ts";
import { formOf } from "./streams.ts";

/** How many entries and decisions there are, and what became of each decision. */
export interface Tally {
  entries: number;
  decisions: number;
  reexecuted: number;
  withheld: number;
  erased: number;
  holes: number;
}

interface Link {
  readonly version: bigint;
  readonly leaf: Uint8Array;
}

/** Checks entries one after another, in log order: form, stream chain, openings, and the act re-executed. */
export class EntryCheck {
  readonly tally: Tally = {
    entries: 0,
    decisions: 0,
    reexecuted: 0,
    withheld: 0,
    erased: 0,
    holes: 0,
  };
  readonly #origin: string;
  readonly #fold: Fold;
  readonly #packs: ReadonlyMap<string, CompiledPack>;
  readonly #findings: Finding[];
  readonly #links = new Map<string, Link>();
  readonly #broken = new Set<string>();

  constructor(
    origin: string,
    fold: Fold,
    packs: ReadonlyMap<string, CompiledPack>,
    findings: Finding[],
  ) {
    this.#origin = origin;
    this.#fold = fold;
    this.#packs = packs;
    this.#findings = findings;
  }

  /** `file` is the entry bundle; `line` the record's openings, if the auditor has them; `withheld` whether the grant says not. */
  async entry(
    index: bigint,
    file: string,
    entry: Uint8Array,
    leaf: Uint8Array,
    line: OpeningLine | undefined,
    withheld: boolean,
  ): Promise<void> {
    this.tally.entries++;
    const record = this.#parse(index, file, entry);
    if (!record) return;
    const decision = record.type === "claim.decided";
    if (decision) this.tally.decisions++;
    this.#chain(index, file, record, leaf);
    if (this.#broken.has(record.stream)) {
      if (decision) this.tally.holes++;
      return;
    }
    if ("public" in record.body) return this.#public(index, file, record, record.body.public);
    const opened = line && this.#opened(index, record, record.body.sealed.root, line);
    if (!opened) return this.#closed(index, file, record, decision, withheld, line !== undefined);
    await this.#act(index, file, record, opened, decision);
  }

  #parse(index: bigint, file: string, entry: Uint8Array): LedgerRecord | undefined {
    try {
      const record = parseRecord(entry);
      if (record.origin !== this.#origin) {
        throw new Malformed("origin", `is ${record.origin}, another log's`);
      }
      if ((index === 0n) !== (record.type === "log.genesis")) {
        this.#add(index, file, "genesis-differs", "a genesis at index 0 only", record.type);
      }
      return record;
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.#add(index, file, "record-malformed", `a record of ${this.#origin}`, error.message);
      return undefined;
    }
  }

  #chain(index: bigint, file: string, record: LedgerRecord, leaf: Uint8Array): void {
    const before = this.#links.get(record.stream);
    const version = (before?.version ?? 0n) + 1n;
    const linked = before ? record.prev !== null && equal(record.prev, before.leaf) : !record.prev;
    if (record.version !== version || !linked) {
      const prev = before ? toHex(before.leaf) : "null";
      const found = `version ${record.version} after ${record.prev ? toHex(record.prev) : "null"}`;
      this.#add(index, file, "chain-broken", `version ${version} after ${prev}`, found);
    }
    this.#links.set(record.stream, { version: record.version, leaf });
  }

  #public(
    index: bigint,
    file: string,
    record: LedgerRecord,
    open: Readonly<Record<string, Json>>,
  ): void {
    const form = formOf(record.type);
    try {
      const content = decodeContent(form, open);
      if (record.type === "pack.published") this.#pack(index, file, record, content as PackState);
      const event = { type: record.type, kind: form.kind, stream: record.stream, content };
      this.#fold.apply(event, record.version, record.actor, record.time, []);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.#broken.add(record.stream);
      this.#add(index, file, "record-malformed", `the content of ${record.type}`, error.message);
    }
  }

  #pack(index: bigint, file: string, record: LedgerRecord, state: PackState): void {
    const text = this.#packs.get(state.hash);
    const same = text?.pack.id === state.pack && BigInt(text.pack.version) === state.version;
    if (!same || state.version !== record.version) {
      const expected = `version ${record.version} of pack ${state.pack} with hash ${state.hash}`;
      this.#add(index, file, "pack-differs", expected, text ? "another pack" : "no such pack");
    }
  }

  /** The record's fields, if its openings lead to its sealed root. */
  #opened(index: bigint, record: LedgerRecord, root: Uint8Array, line: OpeningLine) {
    try {
      const sealed = "sealed" in record.body ? record.body.sealed.size : 0;
      if (line.leaves.length !== sealed || !equal(sealedRootOf(line), root)) {
        throw new Malformed("openings", "do not lead to the record's sealed root");
      }
      return { openings: line.openings, fields: fieldsOf(line.openings) };
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      const file = `openings of entry ${index}`;
      this.#add(index, file, "opening-differs", `openings of root ${toHex(root)}`, error.message);
      return undefined;
    }
  }

  /** A record this auditor can't open: withheld by the grant, or a hole. */
  #closed(
    index: bigint,
    file: string,
    record: LedgerRecord,
    decision: boolean,
    withheld: boolean,
    tried: boolean,
  ): void {
    this.#fold.withhold(record.stream);
    if (withheld && !tried) {
      if (decision) this.tally.withheld++;
      return;
    }
    if (decision) this.tally.holes++;
    this.#broken.add(record.stream);
    if (!tried) this.#add(index, file, "hole", "openings, or a line in the grant", "neither");
  }

  async #act(
    index: bigint,
    file: string,
    record: LedgerRecord,
    { openings, fields }: { openings: OpeningLine["openings"]; fields: Record<string, Json> },
    decision: boolean,
  ): Promise<void> {
    try {
      const { event, differences, opaque } = await reexecute(this.#fold, record, fields);
      for (const { code, expected, found } of differences) {
        this.#add(index, file, code, expected, found);
      }
      if (decision) this.tally[opaque ? "withheld" : "reexecuted"]++;
      if (opaque) return this.#fold.withhold(record.stream);
      const known = this.#fold.kindOf(record.stream);
      if (known !== (record.version === 1n ? undefined : event.kind)) {
        this.#broken.add(record.stream);
        return;
      }
      this.#fold.apply(event, record.version, record.actor, record.time, openings);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.#broken.add(record.stream);
      if (decision) this.tally.holes++;
      this.#add(index, file, "opening-malformed", `the content of ${record.type}`, error.message);
    }
  }

  #add(index: bigint, file: string, code: FindingCode, expected: string, found: string): void {
    this.#findings.push(finding(this.#origin, code, { index, file }, expected, found));
  }
}
