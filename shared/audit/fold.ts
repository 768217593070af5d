import { type Accumulator, accumulate, newAccumulator, type Subject } from "../base/accumulator.ts";
import type { ActorKind } from "../base/actor.ts";
import type { DomainEvent, Seen, StreamKind } from "../base/event.ts";
import type { Handle } from "../base/handle.ts";
import { assert } from "../base/malformed.ts";
import type { SeenPack } from "../claim/world.ts";
import type { CompiledPack } from "../coverage/compile.ts";
import type { InsurerState } from "../policy/insurer.ts";
import type { PackState } from "../policy/pack.ts";
import { type FieldIndex, indexFields } from "../record/fields.ts";
import type { Reader } from "./reader.ts";
import { deltasOf, evolve, formOf, type StateOf } from "./streams.ts";

interface Folded {
  readonly kind: StreamKind;
  readonly version: bigint;
  readonly state: StateOf[StreamKind];
  readonly fields: FieldIndex;
}

/** One published version of a pack, with the minute its record shows. */
export interface PublishedPack {
  readonly state: PackState;
  readonly time: string;
}

/** What a reader of the fold meets when the state it asks for rests on records this auditor may not open. */
export class Opaque extends Error {
  override readonly name = "Opaque";
}

/** An auditor's own state of one insurer's log, up to the entry applied last. */
export class Fold implements Reader {
  readonly #streams = new Map<Handle, Folded>();
  readonly #opaque = new Set<Handle>();
  readonly #accumulators = new Map<Subject, Accumulator>();
  readonly #packs = new Map<Handle, PublishedPack[]>();
  readonly #compiled: (hash: string) => CompiledPack | undefined;
  #insurer: Handle | undefined;
  #opaqueAccumulators = false;

  /** `compiled` gives a published pack by its hash, undefined where its text is missing. */
  constructor(compiled: (hash: string) => CompiledPack | undefined) {
    this.#compiled = compiled;
  }

  async insurer(): Promise<Seen<InsurerState>> {
    const stream = this.#insurer;
    const folded = stream === undefined ? undefined : this.#streams.get(stream);
    assert(stream !== undefined && folded !== undefined, "a log starts with its genesis");
    return { stream, version: folded.version, state: folded.state as InsurerState };
  }

  async stream<Kind extends StreamKind>(kind: Kind, stream: Handle) {
    if (this.#opaque.has(stream)) throw new Opaque(stream);
    const folded = this.#streams.get(stream);
    if (folded?.kind !== kind) return undefined;
    return { stream, version: folded.version, state: folded.state as StateOf[Kind] };
  }

  async pack(stream: Handle): Promise<SeenPack | undefined> {
    const found = await this.stream("pack", stream);
    const compiled = found && this.#compiled(found.state.hash);
    return found && compiled && { ...found, compiled };
  }

  /** All published versions of a pack, oldest first. */
  packVersions(stream: Handle): readonly PublishedPack[] {
    return this.#packs.get(stream) ?? [];
  }

  /** The pack as it was at `version`. */
  packAt(stream: Handle, version: bigint): SeenPack | undefined {
    const published = this.packVersions(stream).find(({ state }) => state.version === version);
    const compiled = published && this.#compiled(published.state.hash);
    return published && compiled && { stream, version, state: published.state, compiled };
  }

  async accumulator(subject: Subject): Promise<Accumulator> {
    if (this.#opaqueAccumulators) throw new Opaque(subject);
    return this.#accumulators.get(subject) ?? newAccumulator(subject);
  }

  /** Where the stream's referable fields lie. */
  fieldsOf(stream: Handle): FieldIndex | undefined {
    return this.#streams.get(stream)?.fields;
  }

  /** What kind of stream this is, once it has a record. */
  kindOf(stream: Handle): StreamKind | undefined {
    return this.#streams.get(stream)?.kind;
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
    for (const delta of deltasOf(before?.state, event)) {
      const row = this.#accumulators.get(delta.subject) ?? newAccumulator(delta.subject);
      this.#accumulators.set(delta.subject, accumulate(row, delta));
    }
    const state = evolve(event.kind, before?.state as never, event, version, actor);
    const { referable } = formOf(event.type);
    const fields = indexFields(before?.fields ?? {}, version, openings, referable);
    this.#streams.set(event.stream, { kind: event.kind, version, state, fields });
    if (event.kind === "insurer") this.#insurer = event.stream;
    if (event.kind === "pack") {
      const published = this.#packs.get(event.stream) ?? [];
      this.#packs.set(event.stream, [...published, { state: state as PackState, time }]);
    }
  }

  /** Notes that a record of this stream can't be opened: what rests on it can't be re-executed. */
  withhold(stream: Handle): void {
    this.#opaque.add(stream);
    this.#opaqueAccumulators = true;
  }
}
