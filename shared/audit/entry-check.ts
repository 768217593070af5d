import { type ActorKind, unreadCredential } from "../base/actor.ts";
import { equal, toHex } from "../base/bytes.ts";
import type { Json } from "../base/canonical.ts";
import { type DomainEvent, decodeContent } from "../base/event.ts";
import { minuteStart } from "../base/instant.ts";
import { Malformed } from "../base/malformed.ts";
import type { Decided } from "../claim/decided.ts";
import type { CompiledPack } from "../coverage/compile.ts";
import { type Recorded, recordedForm } from "../policy/erasure-forms.ts";
import type { Genesis } from "../policy/insurer.ts";
import type { Published } from "../policy/pack.ts";
import { saysWhat } from "../policy/publish-pack.ts";
import { keysForm, type PublishedKeys } from "../policy/signing-keys.ts";
import { totalsForm } from "../policy/totals.ts";
import { type LedgerRecord, parseRecord } from "../record/record.ts";
import { Chain } from "./chain.ts";
import { type Denial, denialIn } from "./denials.ts";
import { Erasures, wrongCover } from "./erasures.ts";
import { type Finding, type FindingCode, finding } from "./finding.ts";
import type { Fold } from "./fold.ts";
import { graceUs } from "./grace.ts";
import { NamedKeys } from "./named-keys.ts";
import type { Onlooker } from "./onlooker.ts";
import { type OpeningLine, sealedRootOf } from "./opening-line.ts";
import { redecidePublic } from "./redecide-public.ts";
import { fieldsOf, reexecute } from "./reexecute.ts";
import { formOf } from "./streams.ts";
import { type Acts, newTally } from "./tally.ts";

/** Checks entries one after another, in log order: form, stream chain, openings, and the act re-executed. */
export class EntryCheck {
  readonly tally = newTally();
  /** Sealed records of any type, and how many of them were re-executed. */
  readonly acts: Acts = { sealed: 0, reexecuted: 0 };
  /** Every denial that could be read, and how many decisions could be. */
  readonly read = { denials: [] as Denial[], decisions: 0 };
  readonly #origin: string;
  readonly #fold: Fold;
  readonly #packs: ReadonlyMap<string, CompiledPack>;
  readonly #keys: NamedKeys;
  readonly #findings: Finding[];
  readonly #erasures: Erasures;
  readonly #onlooker: Onlooker | undefined;
  readonly #chain = new Chain();
  readonly #broken = new Set<string>();
  #latest = "";

  /** `trusted` are the verifier keys of the auditor's trust policy, undefined without one; `signer` is their name. */
  constructor(
    origin: string,
    fold: Fold,
    packs: ReadonlyMap<string, CompiledPack>,
    trusted: readonly string[] | undefined,
    findings: Finding[],
    erasures = new Erasures(),
    onlooker?: Onlooker,
    signer = origin,
  ) {
    this.#onlooker = onlooker;
    this.#erasures = erasures;
    this.#origin = origin;
    this.#fold = fold;
    this.#packs = packs;
    this.#keys = new NamedKeys(origin, trusted, signer);
    this.#findings = findings;
  }

  /** What can be said only once the last entry was seen. */
  end(): void {
    this.#findings.push(...this.#keys.findings());
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
    this.#fold.next(index);
    const record = this.#parse(index, file, entry);
    if (!record) return;
    const decision = record.type === "claim.decided";
    if (decision) this.tally.decisions++;
    if ("sealed" in record.body) this.acts.sealed++;
    this.#place(index, file, record, leaf);
    if (this.#broken.has(record.stream)) {
      this.#fold.withhold(record, "hole");
      if (decision) this.#hole(index, file, "a decision on a stream that can be followed", "none");
      return;
    }
    if ("public" in record.body) return this.#public(index, file, record, record.body.public);
    const opened = line && this.#opened(index, record, record.body.sealed.root, line);
    if (this.#erasures.covers(record)) return this.#erased(index, record, line?.openings ?? []);
    if (opened) return this.#act(index, file, record, opened, decision);
    this.#closed(index, file, record, decision, withheld, line !== undefined);
  }

  #parse(index: bigint, file: string, entry: Uint8Array): LedgerRecord | undefined {
    try {
      const record = parseRecord(entry);
      if (record.origin !== this.#origin) {
        throw new Malformed("origin", `is ${record.origin}, another log's`);
      }
      return record;
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.#add(index, file, "record-malformed", `a record of ${this.#origin}`, error.message);
      return undefined;
    }
  }

  /** Where the record stands: in its stream, among the others, in time. */
  #place(index: bigint, file: string, record: LedgerRecord, leaf: Uint8Array): void {
    const genesis = record.type === "log.genesis";
    if ((index === 0n) !== genesis) {
      this.#add(index, file, "genesis-differs", "a genesis at index 0 only", record.type);
    }
    const wrong = this.#chain.follow(record, leaf);
    if (wrong) this.#add(index, file, "chain-broken", wrong.expected, wrong.found);
    if (wrong?.lost || (genesis && index > 0n)) this.#broken.add(record.stream);
    if (record.time >= this.#latest) this.#latest = record.time;
    else if (minuteStart(this.#latest) - minuteStart(record.time) > graceUs) {
      const expected = `a time at most 5 minutes before ${this.#latest}, an earlier entry's`;
      this.#add(index, file, "time-differs", expected, `time ${record.time}`);
    }
  }

  async #public(
    index: bigint,
    file: string,
    record: LedgerRecord,
    open: Readonly<Record<string, Json>>,
  ): Promise<void> {
    const form = formOf(record.type);
    try {
      const content = decodeContent(form, open);
      if (record.type === "pack.published") this.#pack(index, file, record, content as Published);
      if (record.type === "log.genesis") this.#keys.genesis(file, (content as Genesis).keys);
      if (record.type === keysForm.type) this.#keys.published((content as PublishedKeys).keys);
      if (record.type === recordedForm.type) {
        const wrong = wrongCover(this.#chain, (content as Recorded).covers);
        const over = "only streams that are there and, where about the person, over";
        if (wrong) this.#add(index, file, "erasure-differs", over, wrong);
      }
      const event = { type: record.type, kind: form.kind, stream: record.stream, content };
      await this.#judgePublic(index, file, event, record);
      this.#fold.apply(event, record.version, record.actor, record.time, []);
      this.#simulated(index, file, record);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.#lose(record);
      this.#add(index, file, "record-malformed", `the content of ${record.type}`, error.message);
    }
  }

  async #judgePublic(
    index: bigint,
    file: string,
    event: DomainEvent,
    { actor, time }: LedgerRecord,
  ): Promise<void> {
    const at = minuteStart(time);
    const refusal = await redecidePublic(this.#fold, event, this.#packs, actor, at);
    // Of a simulated actor every record's check says so, once.
    if (!refusal || refusal.refused === "simulation-only") return;
    const expected = `a refusal (${refusal.refused}): ${refusal.detail}`;
    this.#add(index, file, "refused", expected, `a recorded ${event.type}`);
  }

  /** The leaf of a record that is not re-executed still shows who acted. */
  #simulated(index: bigint, file: string, { actor }: LedgerRecord): void {
    if (actor !== "simulated" || this.#fold.opened?.state.simulation !== false) return;
    this.#add(index, file, "refused", "no simulated actor: this is no simulation", actor);
  }

  #pack(index: bigint, file: string, record: LedgerRecord, published: Published): void {
    const { hash, pack, version } = published;
    const text = this.#packs.get(hash);
    if (text && saysWhat(text, published) && version === record.version) return;
    const expected = `version ${record.version} of pack ${pack} with hash ${hash}`;
    this.#add(index, file, "pack-differs", expected, text ? "another pack" : "no such pack");
  }

  /** The record's fields, if its openings lead to its sealed root. */
  #opened(index: bigint, record: LedgerRecord, root: Uint8Array, line: OpeningLine) {
    try {
      const sealed = "sealed" in record.body ? record.body.sealed.size : 0;
      if (line.leaves.length !== sealed || !equal(sealedRootOf(line), root)) {
        throw new Malformed("openings", "do not lead to the record's sealed root");
      }
      const fields = fieldsOf(line.openings);
      const actor = record.actor === "machine" ? undefined : this.#erasures.actorOf(record);
      const by =
        actor && !("by" in fields) ? { by: { credential: unreadCredential, person: actor } } : {};
      return { openings: line.openings, fields: { ...fields, ...by } };
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      const file = `openings of entry ${index}`;
      this.#add(index, file, "opening-differs", `openings of root ${toHex(root)}`, error.message);
      return undefined;
    }
  }

  /** A record whose content an erasure closed: what is left open is not the erased person's. */
  #erased(index: bigint, record: LedgerRecord, openings: OpeningLine["openings"]): void {
    this.#simulated(index, `openings of entry ${index}`, record);
    this.#fold.withhold(record, "erasure", undefined, this.#erasures.siblings(record.stream));
    if (record.type === "claim.decided") this.tally.erased++;
    const path = this.#erasures.stillOpen(record, openings);
    if (path === undefined) return;
    const file = `openings of entry ${index}`;
    this.#add(index, file, "erasure-differs", "nothing that was erased", `${path}, still open`);
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
    this.#simulated(index, file, record);
    if (withheld && !tried) {
      this.#fold.withhold(record, "grant");
      if (decision) this.tally.withheld++;
      return;
    }
    this.#lose(record);
    if (decision) this.tally.holes++;
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
      const { event, differences, whole, opaque } = await reexecute(this.#fold, record, fields);
      if (decision) this.#readDenial(index, event.content as Decided, record.actor);
      for (const { code, expected, found } of differences) {
        this.#add(index, file, code, expected, found);
      }
      if (opaque) {
        this.#simulated(index, file, record);
        if (record.type === totalsForm.type) {
          // What the period came to is the insurer's word; where it ended, the next one goes on.
          this.#fold.apply(event, record.version, record.actor, record.time, openings);
          return;
        }
        this.#fold.withhold(record, opaque.cause, event.content);
        if (!decision) return;
        if (opaque.cause === "grant") this.tally.withheld++;
        else if (opaque.cause === "erasure") this.tally.erased++;
        else this.#hole(index, file, "a decision on records that are open", opaque.message);
        return;
      }
      if (!whole) this.tally.holes++;
      else if (decision) this.tally.reexecuted++;
      if (whole) this.acts.reexecuted++;
      await this.#onlooker?.(this.#fold, { index, event });
      this.#fold.apply(event, record.version, record.actor, record.time, openings);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.#lose(record);
      if (decision) this.tally.holes++;
      this.#add(index, file, "opening-malformed", `the content of ${record.type}`, error.message);
    }
  }

  #readDenial(index: bigint, decided: Decided, actor: ActorKind): void {
    this.read.decisions++;
    const denial = denialIn(index, decided, actor);
    if (denial) this.read.denials.push(denial);
  }

  /** A decision that can't be re-executed though the grant does not say so. */
  #hole(index: bigint, file: string, expected: string, found: string): void {
    this.tally.holes++;
    this.#add(index, file, "hole", expected, found);
  }

  /** The record can't be taken in, nor anything after it on its stream. */
  #lose(record: LedgerRecord): void {
    this.#broken.add(record.stream);
    this.#fold.withhold(record, "hole");
  }

  #add(index: bigint, file: string, code: FindingCode, expected: string, found: string): void {
    this.#findings.push(finding(this.#origin, code, { index, file }, expected, found));
  }
}
