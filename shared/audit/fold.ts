import { type Accumulator, accumulate, newAccumulator, type Subject } from "../base/accumulator.ts";
import type { ActorKind } from "../base/actor.ts";
import type { DomainEvent, Seen, StreamKind } from "../base/event.ts";
import type { Handle } from "../base/handle.ts";
import { type Instant, minuteStart, newest } from "../base/instant.ts";
import { assert } from "../base/malformed.ts";
import { packDay } from "../claim/facts.ts";
import { heads, paidNet } from "../claim/heads.ts";
import { outstandingOf } from "../claim/outstanding.ts";
import type { ClaimState } from "../claim/state.ts";
import type { SeenPack } from "../claim/world.ts";
import type { CompiledPack } from "../coverage/compile.ts";
import { caseReserveOf } from "../payout/balances.ts";
import { type Proposed, proposedForm } from "../payout/forms.ts";
import type { PayoutState } from "../payout/state.ts";
import { type Recorded, recordedForm } from "../policy/erasure-forms.ts";
import type { InsurerState } from "../policy/insurer.ts";
import { type PackState, packOn } from "../policy/pack.ts";
import { endorsedForm, type PolicyState } from "../policy/policy.ts";
import { type Totals, totalsForm } from "../policy/totals.ts";
import { type FieldIndex, indexFields } from "../record/fields.ts";
import { Books, noSums } from "./books.ts";
import { ClockWatch, type Watched } from "./clock-watch.ts";
import { ends } from "./erasures.ts";
import { totalsBetween } from "./foot.ts";
import { ImportedJournals, type ProvenDigest } from "./imported-journals.ts";
import { LeftOut } from "./left-out.ts";
import { type Cause, Opacity, Opaque, weightier } from "./opacity.ts";
import { PaymentFiles } from "./payment-files.ts";
import { type Document, type Published, publishing } from "./published.ts";
import type { Reader } from "./reader.ts";
import { deltasOf, evolve, formOf, type StateOf } from "./streams.ts";
import { ToldBreaks } from "./told-breaks.ts";

/** A stream's state as the fold has it. */
export interface Folded {
  readonly kind: StreamKind;
  readonly version: bigint;
  readonly state: StateOf[StreamKind];
  readonly fields: FieldIndex;
}

/** An auditor's own state of one insurer's log, up to the entry applied last. Throws Opaque where that rests on records it can't open. */
export class Fold implements Reader {
  readonly #streams = new Map<Handle, Folded>();
  readonly #opacity = new Opacity();
  readonly #accumulators = new Map<Subject, Accumulator>();
  readonly #published = new Map<Handle, Published[]>();
  readonly #compiled: (hash: string) => CompiledPack | undefined;
  #insurer: Handle | undefined;
  #size = 0n;
  readonly #books = new Books();
  /** Why the books can't be told from here on, if they can't. */
  #unbooked: Cause | undefined;
  /** What an erasure closed of claims and payouts. */
  readonly #leftOut = new LeftOut();
  /** The books where the last recorded period ended. */
  #cut = noSums;
  /** The payment files that releases name. */
  readonly paymentFiles = new PaymentFiles();
  /** The breaks that payouts show, and reconciliations tell. */
  readonly toldBreaks = new ToldBreaks();
  readonly journals: ImportedJournals;
  /** The clocks of claims that ran out. */
  readonly clocks = new ClockWatch((claim) => this.#watched(claim));
  readonly #payouts = new Map<Handle, Handle[]>();
  /** When each policy was last endorsed. */
  readonly #endorsed = new Map<Handle, Instant>();
  /** The latest minute that a record shows. */
  latest = "";

  /** `compiled` gives a published pack by its hash, undefined where its text is missing; for `provenDigest` see AuditOptions. */
  constructor(compiled: (hash: string) => CompiledPack | undefined, provenDigest?: ProvenDigest) {
    this.#compiled = compiled;
    this.journals = new ImportedJournals(provenDigest);
  }

  /** The insurer, once the log has its genesis. */
  get opened(): Seen<InsurerState> | undefined {
    const stream = this.#insurer;
    const folded = stream === undefined ? undefined : this.#streams.get(stream);
    if (stream === undefined || !folded) return undefined;
    return { stream, version: folded.version, state: folded.state as InsurerState };
  }

  async insurer(): Promise<Seen<InsurerState>> {
    if (!this.opened) throw new Opaque("the log's genesis", "hole");
    return this.opened;
  }

  async stream<Kind extends StreamKind>(kind: Kind, stream: Handle) {
    this.#opacity.requireStream(stream);
    const folded = this.#streams.get(stream);
    if (folded?.kind !== kind) return undefined;
    return { stream, version: folded.version, state: folded.state as StateOf[Kind] };
  }

  async pack(stream: Handle, claim: ClaimState): Promise<SeenPack | undefined> {
    const found = await this.stream("pack", stream);
    return found && this.ready(found, claim);
  }

  /** A pack with the text of the version that goes for `claim`, where the bundle has it. */
  ready(found: Seen<PackState>, claim: ClaimState): SeenPack | undefined {
    const state = packOn(found.state, packDay(found.state.dateBasis, claim));
    const compiled = this.#compiled(state.hash);
    return compiled && { ...found, state, compiled };
  }

  /** All versions of one document of a stream, oldest first. */
  published(stream: Handle, document: Document): readonly Published[] {
    return (this.#published.get(stream) ?? []).filter((each) => each.document === document);
  }

  async accumulator(subject: Subject): Promise<Accumulator> {
    this.#opacity.requireSubject(subject);
    return this.#accumulators.get(subject) ?? newAccumulator(subject);
  }

  async payoutsOf(claim: Handle): Promise<readonly Seen<PayoutState>[]> {
    // Whatever is of a claim moves its accumulator.
    this.#opacity.requireSubject(`claim/${claim}`);
    return this.#payoutsOf(claim);
  }

  #payoutsOf(claim: Handle): readonly Seen<PayoutState>[] {
    return (this.#payouts.get(claim) ?? []).flatMap((stream) => {
      const folded = this.#streams.get(stream);
      return folded
        ? [{ stream, version: folded.version, state: folded.state as PayoutState }]
        : [];
    });
  }

  /** A claim as its clocks need it; undefined before any are published, and where something of it is closed. */
  #watched(claim: Handle): Watched | undefined {
    const insurer = this.opened;
    const state = this.#streams.get(claim)?.state as ClaimState | undefined;
    const version = insurer?.state.clocks?.version;
    if (!insurer || version === undefined || !state) return undefined;
    const { policy } = state.submission;
    const rests = [{ stream: claim }, { subject: `claim/${claim}` as const }];
    if (policy) rests.push({ stream: policy });
    if (!rests.every((of) => this.#opacity.isOpen(of))) return undefined;
    const terms = policy && (this.#streams.get(policy)?.state as PolicyState | undefined)?.terms;
    const clocks = this.published(insurer.stream, "clocks");
    const seen = clocks.find((each) => each.version === version);
    assert(seen !== undefined, "clocks in force were published");
    const endorsed = this.#endorsed.get(policy ?? "") ?? 0n;
    return {
      insurer,
      claim: { stream: claim, version: 0n, state },
      jurisdiction: terms ? terms.jurisdiction : undefined,
      payouts: this.#payoutsOf(claim),
      standsSince: newest([minuteStart(seen.time), endorsed]),
    };
  }

  /** Where the stream's referable fields lie. */
  fieldsOf(stream: Handle): FieldIndex | undefined {
    return this.#streams.get(stream)?.fields;
  }

  /** Says that the record at `index` comes next. */
  next(index: bigint): void {
    this.#size = index + 1n;
  }

  /**
   * What a period's totals are by this fold's own books, without what was erased by the period's end. Throws Opaque where they rest on records
   * that are not open.
   */
  foot(totals: Totals): Totals {
    if (this.#unbooked) throw new Opaque("the log's totals", this.#unbooked);
    const erased = this.#leftOut.count(totals);
    if (erased === undefined) throw new Opaque("the log's totals", "erasure");
    const after = totals.to < this.#size ? this.#books.at(totals.to) : undefined;
    // A cut of the future, or of too long ago, foots to no position.
    const to = after ? totals.to : 0n;
    const between = totalsBetween(this.#cut, after ?? this.#cut, totals.currency);
    // Books are balances of all time: what was erased since the cut was in them.
    const books = this.#leftOut.isSettledAt(totals.to) ? between.books : totals.books;
    return { ...totals, to, ...between, books, counts: { ...between.counts, erased } };
  }

  /** Every stream all of whose records could be taken in, in the order of their first. */
  *streams(): Iterable<Folded & { readonly stream: Handle }> {
    for (const [stream, folded] of this.#streams) {
      if (this.#opacity.isOpen({ stream })) yield { stream, ...folded };
    }
  }

  /** Every accumulator that nothing moved but what could be taken in. */
  *accumulators(): Iterable<Accumulator> {
    for (const [subject, accumulator] of this.#accumulators) {
      if (this.#opacity.isOpen({ subject })) yield accumulator;
    }
  }

  /** Takes one record's event in. */
  apply(
    event: DomainEvent,
    version: bigint,
    actor: ActorKind,
    time: string,
    openings: readonly { readonly path: string; readonly salt: string }[],
  ): void {
    const before = this.#streams.get(event.stream);
    this.clocks.before(event, before?.state, time);
    for (const delta of deltasOf(before?.state, event)) {
      const row = this.#accumulators.get(delta.subject) ?? newAccumulator(delta.subject);
      this.#accumulators.set(delta.subject, accumulate(row, delta));
    }
    const state = evolve(event.kind, before?.state as never, event, version, actor);
    const { referable } = formOf(event.type);
    const fields = indexFields(before?.fields ?? {}, version, openings, referable);
    this.#streams.set(event.stream, { kind: event.kind, version, state, fields });
    if (event.kind === "insurer") this.#insurer = event.stream;
    if (time > this.latest) this.latest = time;
    this.paymentFiles.take(this.#size - 1n, event, event.content);
    this.toldBreaks.take(this.#size - 1n, event, event.content, time);
    if (event.type === endorsedForm.type) this.#endorsed.set(event.stream, minuteStart(time));
    this.journals.take(this.#size - 1n, event, event.content, version);
    if (event.type === recordedForm.type) {
      this.#leftOut.recorded(this.#size - 1n, (event.content as Recorded).covers);
    }
    if (event.type === totalsForm.type) {
      this.#cut = this.#books.at((event.content as Totals).to) ?? this.#cut;
      return;
    }
    if (event.type === proposedForm.type) {
      const { claim } = event.content as Proposed;
      this.#payouts.set(claim, [...(this.#payouts.get(claim) ?? []), event.stream]);
    }
    if (event.kind === "claim" || event.kind === "payout") {
      this.#book(event, state);
      this.clocks.after(event, state, time, this.#size - 1n);
    }
    const document = publishing.get(event.type);
    if (document) {
      const published = { document, version, state: state as InsurerState | PackState, time };
      const before = this.#published.get(event.stream) ?? [];
      this.#published.set(event.stream, [...before, published]);
    }
  }

  /** Enters an act on a claim or payout in the books. */
  #book(event: DomainEvent, state: StateOf[StreamKind]): void {
    const payout = event.kind === "payout" ? (state as PayoutState) : undefined;
    const claim = payout?.claim ?? event.stream;
    const row = this.#accumulators.get(`claim/${claim}`) ?? newAccumulator(`claim/${claim}`);
    const found = this.#streams.get(claim)?.state as ClaimState | undefined;
    const outstanding = found ? outstandingOf(found, paidNet(row, "indemnity")) : 0n;
    const paid = heads.reduce((sum, head) => sum + paidNet(row, head), 0n);
    const due = (clearing: bigint) => (found ? caseReserveOf(found, clearing, paid) : 0n);
    this.#books.enter(this.#size, { event, claim, payout, outstanding, due });
  }

  /**
   * Notes that a record can't be taken in: its stream, and the accumulators it moved, are unknown from here on. `content` is what the record
   * says where it was opened at least, `siblings` are all streams that a record an erasure closed can rest on; none of any other.
   */
  withhold(
    record: { type: string; stream: Handle },
    cause: Cause,
    content?: unknown,
    siblings: readonly Handle[] = [],
  ): void {
    const state = this.#streams.get(record.stream)?.state;
    const { kind } = formOf(record.type);
    const moves = kind === "claim" || kind === "payout";
    this.paymentFiles.take(this.#size - 1n, record, content, cause);
    this.toldBreaks.take(this.#size - 1n, record, content, this.latest);
    this.journals.take(this.#size - 1n, record, content, 0n);
    if (moves && siblings.length > 0) {
      this.#leftOut.closed(record.stream, this.#size - 1n, ends.has(record.type));
    } else if (moves || record.type === totalsForm.type) {
      this.#unbooked = weightier(this.#unbooked, cause);
    }
    this.clocks.withheld(record);
    this.#opacity.add({ ...record, kind }, cause, state, content, siblings);
  }
}
