import { personRows, type Subject } from "../../shared/base/accumulator.ts";
import { type StreamKind, streamKinds } from "../../shared/base/event.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { AccumulatorRow, StoreTransaction, StreamRow } from "../../shared/ports/store.ts";

/** What a command will read, as far as its request tells. */
export interface Foreseen {
  /** The handle of a stream that was drawn for this command: nobody has written to it, and an insert fails if somebody did. */
  readonly born?: Handle | undefined;
  readonly policy?: Handle | undefined;
  /** Whom the record will be about. */
  readonly person?: Handle | undefined;
  /** The same of a command on many. */
  readonly persons?: readonly Handle[] | undefined;
}

/** A store transaction that can be told what will be read. */
export interface ReadingAhead extends StoreTransaction {
  /**
   * Asks for what is foreseen, so that it travels with what else this turn asks (ADR 6). Nothing is read twice, and what was found is looked at where it is used: a
   * row that nobody uses has no effect.
   */
  foresee(what: Foreseen): Promise<void>;
  /** One of the person's {@link rowsOf}, the same for the whole transaction: what opens something of the person writes it. */
  anyRowOf(person: Handle): Subject;
}

/** The accumulator rows in which those meet who open something of a person and who erase the person. */
export const rowsOf = (person: Handle): readonly Subject[] =>
  Array.from({ length: personRows }, (_, row) => `person/${person}/${row}` as const);

/** `on` with every row asked for once, for a transaction sees one snapshot. `random(n)` gives n fresh random bytes. */
export function readingAhead(
  on: StoreTransaction,
  random: (bytes: number) => Uint8Array,
): ReadingAhead {
  const row = (random(1)[0] ?? 0) % personRows;
  const anyRowOf = (person: Handle): Subject => `person/${person}/${row}`;
  const streams = rowsByKind();
  const subjects = new Map<Subject, Promise<readonly AccumulatorRow[]>>();
  let insurer: Promise<StreamRow | undefined> | undefined;
  const askInsurer = (): Promise<StreamRow | undefined> => {
    insurer ??= on.insurer();
    return insurer;
  };
  const askStreams = (kind: StreamKind, wanted: readonly Handle[]) =>
    askOnce(wanted, streams[kind], (missing) => on.streams(kind, missing));
  const askAccumulators = (wanted: readonly Subject[]) =>
    askOnce(wanted, subjects, (missing) => on.accumulators(missing));
  return {
    ...on,
    insurer: askInsurer,
    streams: async (kind, wanted) =>
      (await askStreams(kind, wanted)).filter(({ stream }) => wanted.includes(stream)),
    accumulators: async (wanted) =>
      (await askAccumulators(wanted)).filter(({ subject }) => wanted.includes(subject)),
    anyRowOf,
    foresee: async ({ born, policy, person, persons = person ? [person] : [] }) => {
      if (born) {
        for (const kind of streamKinds) streams[kind].set(born, none);
        for (const kind of ["claim", "policy"] as const) subjects.set(`${kind}/${born}`, none);
      }
      await Promise.all([
        askInsurer(),
        policy ? askStreams("policy", [policy]) : undefined,
        ...(persons.length > 0
          ? [askStreams("person", persons), askAccumulators(persons.map(anyRowOf))]
          : []),
      ]);
    },
  };
}

type AskedRows = Map<Handle, Promise<readonly StreamRow[]>>;
/** Apart by kind: a handle that was asked for as one may be there as another. */
const rowsByKind = () =>
  Object.fromEntries(streamKinds.map((kind) => [kind, new Map()])) as Record<StreamKind, AskedRows>;

const none: Promise<readonly never[]> = Promise.resolve([]);

/** The rows of all that is `wanted`, with others that were asked for together with them; by one query for those that nobody asked for yet. */
async function askOnce<Name, Row>(
  wanted: readonly Name[],
  asked: Map<Name, Promise<readonly Row[]>>,
  ask: (missing: readonly Name[]) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const missing = wanted.filter((name) => !asked.has(name));
  if (missing.length > 0) {
    const rows = ask(missing);
    for (const name of missing) asked.set(name, rows);
  }
  const answers = new Set(wanted.map((name) => asked.get(name) ?? none));
  return (await Promise.all(answers)).flat();
}
