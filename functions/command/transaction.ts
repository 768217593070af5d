import type { Reader } from "../../shared/audit/reader.ts";
import { deltasOf, evolve, formOf, type StateOf, subjectOf } from "../../shared/audit/streams.ts";
import { type Accumulator, accumulate, type Subject } from "../../shared/base/accumulator.ts";
import type { Act } from "../../shared/base/actor.ts";
import type { DomainEvent, Seen, StreamKind } from "../../shared/base/event.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { type Instant, newest } from "../../shared/base/instant.ts";
import { assert } from "../../shared/base/malformed.ts";
import { packDay } from "../../shared/claim/facts.ts";
import type { SeenPack } from "../../shared/claim/world.ts";
import type { CompiledPack } from "../../shared/coverage/compile.ts";
import type { PayoutState } from "../../shared/payout/state.ts";
import type { StillOpen } from "../../shared/policy/erasure.ts";
import { approvedForm } from "../../shared/policy/erasure-forms.ts";
import type { InsurerState } from "../../shared/policy/insurer.ts";
import { packOn } from "../../shared/policy/pack.ts";
import { isErased } from "../../shared/policy/person.ts";
import type { PolicyState } from "../../shared/policy/policy.ts";
import type { KeptReply, PlainRow, StoreTransaction, WriteSet } from "../../shared/ports/store.ts";
import { type FieldIndex, indexFields } from "../../shared/record/fields.ts";
import { type Draft, draftRecord } from "./draft.ts";
import { Erased } from "./erased.ts";
import { meeting, meetingAll } from "./meeting.ts";
import type { PersonKeys } from "./person-keys.ts";
import { type Foreseen, readingAhead, rowsOf } from "./read-ahead.ts";
import type { RowPorts } from "./row-cipher.ts";
import {
  personOf,
  readAccumulator,
  readStream,
  type Slot,
  seen,
  writeAccumulator,
  writeStream,
} from "./rows.ts";
import { undatedBy } from "./undated.ts";

/** One event as it was drafted for its stream; `eventId` finds it again after an unknown outcome. */
export interface Appended extends Draft {
  readonly eventId: string;
  readonly event: DomainEvent;
}

/** A command transaction in the making: reads one snapshot, collects events, writes all of them at once. */
export interface CommandTransaction extends Reader {
  readonly insurerId: string;
  /** The data keys at hand, the same ones throughout. */
  readonly keys: Pick<PersonKeys, "held">;
  /** Whether the insurer's log was opened. */
  isOpen(): Promise<boolean>;
  /** The persons whose policies, claims, payouts or own streams it has read so far, each once. */
  personsRead(): readonly Handle[];
  /** Asks now for what will be read later ({@link ReadingAhead}). */
  foresee(what: Foreseen): Promise<void>;
  /** Loads many rows of a kind by one query. */
  prefetch(kind: StreamKind, streams: readonly string[]): Promise<void>;
  prefetchAccumulators(subjects: readonly Subject[]): Promise<void>;
  /** True for the first transaction ever to ask for this payment file; false for any other, however they meet. */
  takeFile(file: Handle): Promise<boolean>;
  /** Applies `event` to the snapshot and drafts its record. */
  append(event: DomainEvent, act: Act): Promise<Appended>;
  /** Adds a row that no record tells of. */
  addRow(row: PlainRow): void;
  /** What of the person is not over, as far as one transaction is told. */
  openOf(person: Handle): Promise<readonly StillOpen[]>;
  kept(caller: string, key: string): Promise<KeptReply | undefined>;
  /** Keeps the reply under the caller's key, in the same transaction. */
  keep(caller: string, key: string, reply: KeptReply): void;
}

/** What a transaction needs beside its rows. */
export interface TransactionPorts extends RowPorts {
  readonly origin: string;
  readonly packs: { load(insurer: string, hash: string): Promise<CompiledPack> };
}

interface Held {
  readonly accumulator: Accumulator;
  readonly held: bigint;
  ord: bigint;
  current: Accumulator;
  /** Whose amounts they are, once an event moved them. */
  person: Handle | null;
}

type Seal = (one: Appended) => WriteSet["outbox"][number]["parts"];

/** Opens the reading and collecting side; `drain` gives the write set once the command is done. */
export function openTransaction(
  store: StoreTransaction,
  insurerId: string,
  ports: TransactionPorts,
): {
  readonly transaction: CommandTransaction;
  readonly appended: readonly Appended[];
  /** The reply it keeps, if it keeps one. */
  readonly keeping: WriteSet["kept"];
  /** Whether it has anything to write. */
  readonly writes: boolean;
  drain(now: Instant, seal: Seal, traceparent?: string): WriteSet;
} {
  const on = readingAhead(store, ports.random);
  const slots = new Map<string, Slot>();
  const erased = new Set<string>();
  const accumulators = new Map<Subject, Held>();
  const appended: { entry: Appended; slot: Slot }[] = [];
  const plain: PlainRow[] = [];
  let keeping: WriteSet["kept"];
  let insurerSlot: Slot | undefined;

  const load = async (kind: StreamKind, streams: readonly string[]): Promise<void> => {
    const wanted = streams.filter((stream) => !slots.has(stream));
    if (wanted.length === 0) return;
    for (const row of await on.streams(kind, wanted)) {
      const slot = readStream(ports, insurerId, row);
      if (slot) slots.set(row.stream, slot);
      else erased.add(row.stream);
    }
  };
  const loadAccumulators = async (subjects: readonly Subject[]): Promise<void> => {
    const wanted = subjects.filter((subject) => !accumulators.has(subject));
    if (wanted.length === 0) return;
    const rows = new Map((await on.accumulators(wanted)).map((row) => [row.subject, row]));
    for (const subject of wanted) {
      const row = rows.get(subject);
      const read = readAccumulator(ports, insurerId, subject, row);
      if (!read) throw new Erased("these amounts were erased");
      const { accumulator, ord } = read;
      const [held, person] = [accumulator.version, row?.person ?? null];
      accumulators.set(subject, { accumulator, held, ord, current: accumulator, person });
    }
  };
  const current = async (subject: Subject): Promise<Held> => {
    await loadAccumulators([subject]);
    const held = accumulators.get(subject);
    assert(held !== undefined, "an accumulator is loaded");
    return held;
  };
  const loadInsurer = async (): Promise<Slot | undefined> => {
    const row = insurerSlot ? undefined : await on.insurer();
    if (row) {
      insurerSlot = slots.get(row.stream) ?? readStream(ports, insurerId, row);
      if (insurerSlot) slots.set(row.stream, insurerSlot);
    }
    return insurerSlot;
  };
  const insurer = async (): Promise<Seen<InsurerState>> => {
    const slot = await loadInsurer();
    assert(slot !== undefined, `insurer ${insurerId} exists`);
    return seen(slot) as Seen<InsurerState>;
  };

  /** Writes a row of the person's that whoever erases them writes, too, and goes no further if somebody did. */
  const meet = async (person: Handle, type: string): Promise<void> => {
    const erasing = type === approvedForm.type;
    const subjects = meetingAll.has(type) ? rowsOf(person) : [on.anyRowOf(person)];
    const [known] = await Promise.all([
      transaction.stream("person", person),
      loadAccumulators(subjects),
    ]);
    if (!erasing && known && isErased(known.state)) throw new Erased("this person was erased");
    for (const subject of subjects) {
      const held = await current(subject);
      held.current = accumulate(held.current, { subject, add: {} });
    }
  };

  const transaction: CommandTransaction = {
    insurerId,
    keys: ports.keys,
    isOpen: async () => (await loadInsurer()) !== undefined,
    insurer,
    personsRead: () => [...new Set([...slots.values()].flatMap((slot) => personOf(slot) ?? []))],
    foresee: on.foresee,
    prefetch: load,
    prefetchAccumulators: loadAccumulators,
    stream: async <Kind extends StreamKind>(kind: Kind, stream: string) => {
      await load(kind, [stream]);
      if (erased.has(stream)) throw new Erased("this stream was erased");
      const slot = slots.get(stream);
      return slot?.kind === kind ? (seen(slot) as Seen<StateOf[Kind]>) : undefined;
    },
    pack: async (stream, claim): Promise<SeenPack | undefined> => {
      const found = await transaction.stream("pack", stream);
      if (!found) return undefined;
      const state = packOn(found.state, packDay(found.state.dateBasis, claim));
      return { ...found, state, compiled: await ports.packs.load(insurerId, state.hash) };
    },
    accumulator: async (subject) => (await current(subject)).current,
    payoutsOf: async (claim) => {
      const streams = await on.payoutsOf(claim);
      await load("payout", streams);
      const found = streams.flatMap((stream) => slots.get(stream) ?? []);
      return found.map((slot) => seen(slot) as Seen<PayoutState>);
    },
    takeFile: async (file) => {
      const held = await current(`file/${file}`);
      if (held.current.version > 0n) return false;
      held.current = accumulate(held.current, { subject: `file/${file}`, add: {} });
      return true;
    },
    append: async (event, act) => {
      await load(event.kind, [event.stream]);
      if (erased.has(event.stream)) throw new Erased("this stream was erased");
      const before = slots.get(event.stream);
      const version = (before?.version ?? 0n) + 1n;
      const moved: Held[] = [];
      const deltas = deltasOf(before?.state, event);
      await loadAccumulators(deltas.map(({ subject }) => subject));
      for (const delta of deltas) {
        const held = await current(delta.subject);
        held.current = accumulate(held.current, delta);
        moved.push(held);
      }
      const state = evolve(event.kind, before?.state as never, event, version, act.kind);
      const place = { origin: ports.origin, version, prev: before?.leafHash ?? null };
      const indexOf = (stream: string): FieldIndex | undefined => slots.get(stream)?.fields;
      const subject = subjectOf(event.kind, state);
      for (const held of moved) held.person = subject ?? null;
      if (meeting.has(event.type)) await meet(subject ?? event.stream, event.type);
      // What an insurer seals of itself is its own: totals are about no person.
      const sealedFor = event.kind === "insurer" ? event.stream : subject;
      const draft = draftRecord(event, act, place, sealedFor, indexOf, ports.random);
      const { referable } = formOf(event.type);
      const slot: Slot = {
        kind: event.kind,
        stream: event.stream,
        held: before?.held ?? 0n,
        version,
        leafHash: draft.leafHash,
        ord: before?.ord ?? 0n,
        state,
        fields: indexFields(before?.fields ?? {}, version, draft.openings, referable),
      };
      slots.set(event.stream, slot);
      if (insurerSlot?.stream === event.stream) insurerSlot = slot;
      const entry = { ...draft, event, eventId: Buffer.from(ports.random(16)).toString("hex") };
      appended.push({ entry, slot });
      return entry;
    },
    addRow: (row) => void plain.push(row),
    openOf: (person) => on.openOf(person),
    kept: (caller, key) => on.kept(caller, key),
    keep: (caller, key, reply) => {
      keeping = { ...reply, caller, key, ord: 0n };
    },
  };

  return {
    transaction,
    get appended() {
      return appended.map(({ entry }) => entry);
    },
    get keeping() {
      return keeping;
    },
    get writes() {
      return appended.length > 0 || plain.length > 0 || keeping !== undefined;
    },
    drain: (now, seal, traceparent) => {
      const read = [...slots.values(), ...accumulators.values()].map(({ ord }) => ord);
      const first = newest([now, ...read]) + 1n;
      const last = new Map<string, Slot>();
      const outbox = appended.map(({ entry, slot }, index) => {
        const ord = first + BigInt(index);
        last.set(slot.stream, { ...slot, ord });
        return {
          eventId: entry.eventId,
          stream: slot.stream,
          version: slot.version,
          ord,
          leafHash: entry.leafHash,
          record: entry.bytes,
          leaves: entry.leaves,
          parts: seal(entry),
          traceparent,
        };
      });
      const ord = first + BigInt(Math.max(0, appended.length - 1));
      const around = {
        insurer: insurerSlot?.state as InsurerState | undefined,
        policy: (stream: string) => slots.get(stream)?.state as PolicyState | undefined,
      };
      return {
        streams: [...last.values()].map((slot) => writeStream(ports, insurerId, slot, around)),
        accumulators: [...accumulators.values()]
          .filter(({ current, held }) => current.version !== held)
          .map(({ current, held, person }) => ({
            ...writeAccumulator(ports, insurerId, current, ord, person),
            held,
          })),
        outbox,
        plain,
        undated: appended.flatMap(({ entry, slot }) => undatedBy(entry.event, slot.state)),
        ...(keeping ? { kept: { ...keeping, ord } } : {}),
      };
    },
  };
}
