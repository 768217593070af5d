import { decodeState, encodeState, type StateOf, subjectOf } from "../../shared/audit/streams.ts";
import { type Accumulator, newAccumulator, type Subject } from "../../shared/base/accumulator.ts";
import { canonicalText } from "../../shared/base/canonical.ts";
import type { Seen, StreamKind } from "../../shared/base/event.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { newest } from "../../shared/base/instant.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { breachDueOf } from "../../shared/claim/breach.ts";
import { decideByOf } from "../../shared/claim/clock.ts";
import type { ClaimState } from "../../shared/claim/state.ts";
import type { PayoutState } from "../../shared/payout/state.ts";
import type { InsurerState } from "../../shared/policy/insurer.ts";
import type { PolicyState } from "../../shared/policy/policy.ts";
import type { AccumulatorRow, StreamRow } from "../../shared/ports/store.ts";
import type { FieldIndex } from "../../shared/record/fields.ts";
import { MissingKeys } from "./person-keys.ts";
import { closeState, openState, type RowPlace, type RowPorts } from "./row-cipher.ts";

/** A stream as one transaction holds it: `held` is the version its row had, `version` the one it has by now. */
export interface Slot {
  readonly kind: StreamKind;
  readonly stream: string;
  readonly held: bigint;
  readonly version: bigint;
  readonly leafHash: Uint8Array;
  readonly ord: bigint;
  readonly state: StateOf[StreamKind];
  readonly fields: FieldIndex;
}

/** Where a stream's state is closed: its person's identity and health, the stricter class, for it mixes both. */
export const streamPlace = (
  insurer: string,
  { kind, stream, version }: Pick<StreamRow, "kind" | "stream" | "version">,
  person: string,
): RowPlace => ({
  insurer,
  table: kind,
  key: stream,
  version,
  person,
  class: "identity-and-health",
});

/** Where an accumulator's state is closed: amounts of one person. */
export const accumulatorPlace = (
  insurer: string,
  { subject, version }: Pick<AccumulatorRow, "subject" | "version">,
  person: string,
): RowPlace => ({
  insurer,
  table: "accumulator",
  key: subject,
  version,
  person,
  class: "financial",
});

type Opening = Pick<RowPorts, "keys" | "cipher">;

/** What the state of a row may be of nobody, and so in plain: of any other, a row in plain is somebody's work on the database. */
const ofNobody: ReadonlySet<string> = new Set<StreamKind>(["insurer", "pack", "person"]);
const valueless = /^(person|file)\//;

function requireOwner(open: boolean, row: string): void {
  if (!open) throw new Malformed(row, "is nobody's, and in plain");
}

/**
 * The slot of a row: its text is {"state": …, "fields": {name: [version, salt]}}, closed where it is about a person; undefined where that person
 * was erased. Throws MissingKeys; Malformed where somebody changed the row.
 */
export function readStream(ports: Opening, insurer: string, row: StreamRow): Slot | undefined {
  if (row.person === null) requireOwner(ofNobody.has(row.kind), `${row.kind} ${row.stream}`);
  const text =
    row.person === null
      ? row.state
      : openState(ports, streamPlace(insurer, row, row.person), row.state);
  if (text === undefined) return undefined;
  const { state, fields } =
    row.person === null ? publicState(row.kind, text) : parseState(row.kind, text);
  return {
    kind: row.kind,
    stream: row.stream,
    held: row.version,
    version: row.version,
    leafHash: row.leafHash,
    ord: row.ord,
    state,
    fields,
  };
}

type RowState = Pick<Slot, "state" | "fields">;

function parseState(kind: StreamKind, text: string): RowState {
  const { state, fields } = JSON.parse(text) as {
    state: unknown;
    fields: Record<string, [string, string]>;
  };
  const index = Object.entries(fields).map(([field, [version, salt]]) => [
    field,
    { version: BigInt(version), salt },
  ]);
  return { state: decodeState(kind, state), fields: Object.fromEntries(index) };
}

/** The states of rows about no person, by kind and text: nearly every command reads its insurer's and a pack's, which seldom change. */
const known = new Map<string, RowState>();
const knownAtMost = 200;

function publicState(kind: StreamKind, text: string): RowState {
  const name = `${kind} ${text}`;
  const found = known.get(name);
  if (found) return found;
  const state = parseState(kind, text);
  if (known.size >= knownAtMost) known.delete(known.keys().next().value ?? "");
  known.set(name, state);
  return state;
}

/** {@link readStream} outside a transaction: fetches the key it takes. */
export async function openStream(
  ports: Opening,
  insurer: string,
  row: StreamRow,
): Promise<Slot | undefined> {
  try {
    return readStream(ports, insurer, row);
  } catch (error) {
    if (!(error instanceof MissingKeys)) throw error;
    await findKeys(ports, error);
    return readStream(ports, insurer, row);
  }
}

const findKeys = async ({ keys }: Opening, { read }: MissingKeys): Promise<void> => {
  for (const context of read) await keys.find(context);
};

/** The accumulator of a row, or the new one where there is none yet; undefined where its person was erased. Throws MissingKeys; Malformed where somebody changed the row. */
export function readAccumulator(
  ports: Opening,
  insurer: string,
  subject: Subject,
  row: AccumulatorRow | undefined,
): { accumulator: Accumulator; ord: bigint } | undefined {
  if (!row) return { accumulator: newAccumulator(subject), ord: 0n };
  if (row.person === null) requireOwner(valueless.test(subject), subject);
  const text =
    row.person === null
      ? row.state
      : openState(ports, accumulatorPlace(insurer, row, row.person), row.state);
  if (text === undefined) return undefined;
  const values = Object.fromEntries(
    Object.entries(JSON.parse(text) as Record<string, string>).map(([name, minor]) => [
      name,
      BigInt(minor),
    ]),
  );
  return { accumulator: { subject, version: row.version, values }, ord: row.ord };
}

/** {@link readAccumulator} outside a transaction: fetches the key it takes. */
export async function openAccumulator(
  ports: Opening,
  insurer: string,
  subject: Subject,
  row: AccumulatorRow | undefined,
): Promise<Accumulator | undefined> {
  try {
    return readAccumulator(ports, insurer, subject, row)?.accumulator;
  } catch (error) {
    if (!(error instanceof MissingKeys)) throw error;
    await findKeys(ports, error);
    return readAccumulator(ports, insurer, subject, row)?.accumulator;
  }
}

/** The row of an accumulator last moved at `ord`, closed where it is about `person`. Throws MissingKeys. */
export function writeAccumulator(
  ports: RowPorts,
  insurer: string,
  accumulator: Accumulator,
  ord: bigint,
  person: string | null,
): AccumulatorRow {
  const { subject, version, values } = accumulator;
  const stored = Object.entries(values).map(([name, minor]) => [name, minor.toString()]);
  const text = canonicalText(Object.fromEntries(stored));
  const state = person
    ? closeState(ports, accumulatorPlace(insurer, accumulator, person), text)
    : text;
  return { subject, version, ord, state, person };
}

/** What the columns of a claim's row go by beside its own state. */
export interface Around {
  readonly insurer: InsurerState | undefined;
  readonly policy: (stream: string) => PolicyState | undefined;
}

/** The row of a stream after its last event, closed where it is about a person. Throws MissingKeys. */
export function writeStream(ports: RowPorts, insurer: string, slot: Slot, around: Around) {
  const { kind, stream, version, leafHash, ord, held } = slot;
  const text = canonicalText({ state: encodeState(kind, slot.state), fields: indexed(slot) });
  const person = subjectOf(kind, slot.state) ?? null;
  const state = person ? closeState(ports, streamPlace(insurer, slot, person), text) : text;
  const status = "status" in slot.state ? slot.state.status : statusOf(slot);
  const more = columnsOf(slot, around);
  return { kind, stream, version, leafHash, ord, held, status, state, person, ...more };
}

/** What rows are looked for by beside their status: handles, a day, times; nothing else of a person. */
function columnsOf({ kind, state }: Slot, around: Around): Partial<StreamRow> {
  switch (kind) {
    case "claim":
      return claimColumns(state as ClaimState, around);
    case "policy":
      return policyColumns(state as PolicyState);
    case "payout":
      return payoutColumns(state as PayoutState);
    default:
      return {};
  }
}

/** The time to decide is under the clocks of now; when others are published, a job dates the rows anew (functions/adjudicator/redate.ts). */
export function claimColumns(state: ClaimState, { insurer, policy }: Around) {
  const { claimant, submittedAt, assignee, submission } = state;
  const covering = submission.policy ? policy(submission.policy) : undefined;
  const decideBy = insurer ? decideByOf(state, insurer, covering) : null;
  // What was paid of it is not known here: a job that looks then finds out (functions/adjudicator/breaches.ts).
  const jurisdiction = covering?.terms.jurisdiction;
  const breachDue = insurer ? breachDueOf(state, insurer, jurisdiction, () => 0n) : null;
  const datedBy = insurer?.clocks?.version ?? 0n;
  return { claimant, submittedAt, assignee, decideBy, breachDue, datedBy, ...breachedIn(state) };
}

/** Which clocks ran out, their names in order with spaces between, and when the newest of it was recorded. */
const breachedIn = ({ breaches }: ClaimState) => ({
  breached:
    breaches.length === 0
      ? null
      : breaches
          .map(({ clock }) => clock)
          .sort()
          .join(" "),
  breachedAt: breaches.length === 0 ? null : newest(breaches.map(({ recordedAt }) => recordedAt)),
});

const policyColumns = ({ terms }: PolicyState) => ({
  holder: terms.parties.find(({ role }) => role === "holder")?.person ?? null,
});

const payoutColumns = ({ claim, file, instalment }: PayoutState) => ({
  claim,
  file,
  due: instalment?.due ?? null,
});

const statusOf = ({ kind, state }: Slot): string => {
  if (kind === "document") return "imported";
  return kind === "insurer" ? (state as InsurerState).kind : "published";
};

const indexed = ({ fields }: Slot) =>
  Object.fromEntries(
    Object.entries(fields).map(([field, { version, salt }]) => [field, [version.toString(), salt]]),
  );

/** What a transaction shows of a slot. */
export const seen = ({ stream, version, state }: Slot): Seen<StateOf[StreamKind]> => ({
  stream,
  version,
  state,
});

/** Whose policy, claim, payout or own stream it is; undefined where it is about no person. */
export const personOf = ({ kind, stream, state }: Slot): Handle | undefined =>
  kind === "person" ? stream : subjectOf(kind, state);
