import type { Act, Signatory } from "../base/actor.ts";
import type { Json } from "../base/canonical.ts";
import { type DomainEvent, decodeContent, type EventForm } from "../base/event.ts";
import { formatMinute, type Instant } from "../base/instant.ts";
import { Malformed } from "../base/malformed.ts";
import { isRefusal } from "../base/refusal.ts";
import { type Totals, totalsForm } from "../policy/totals.ts";
import type { LedgerRecord } from "../record/record.ts";
import { type Difference, differences } from "./compare.ts";
import type { Fold } from "./fold.ts";
import { readerFor } from "./grace.ts";
import { referInputs } from "./inputs.ts";
import { Opaque } from "./opacity.ts";
import { otherEngine, withoutEngine } from "./other-engine.ts";
import { redecide } from "./redecide.ts";
import { formOf } from "./streams.ts";

/** What became of re-executing one record. `event` is what the record says, for the fold to go on with. */
export interface Reexecution {
  readonly event: DomainEvent;
  readonly differences: readonly Difference[];
  /** Whether all of it was made again; false where another engine than ours decided. */
  readonly whole: boolean;
  /** Why the state it rests on is not open to this auditor, if it isn't. */
  readonly opaque?: Opaque;
}

/**
 * Runs the act behind a record again on the fold's own state and compares every sealed field. `fields` are the record's opened fields;
 * fields that spell no content are Malformed.
 */
export async function reexecute(
  fold: Fold,
  record: LedgerRecord,
  fields: Readonly<Record<string, Json>>,
): Promise<Reexecution> {
  const form = formOf(record.type);
  const content = decodeContent(form, fields);
  const event: DomainEvent = {
    type: record.type,
    kind: form.kind,
    stream: record.stream,
    content,
  };
  const { now, by } = content as { now: Instant; by?: Signatory };
  const act: Act = { kind: record.actor, now, ...(by ? { signatory: by } : {}) };
  const other = otherEngine(event);
  const whole = other === undefined;
  const elsewhere = other ? [other] : [];
  const timed = [...signatoryDifferences(act), ...timeDifferences(record, act)];
  try {
    const again = await redecide(readerFor(fold, event, act.now), event, act);
    if (isRefusal(again)) {
      const expected = `a refusal (${again.refused}): ${again.detail}`;
      const refused = difference("refused", expected, `a recorded ${record.type}`);
      return { event, whole, differences: [...timed, refused, ...elsewhere] };
    }
    const footed =
      again.type === totalsForm.type ? fold.foot(again.content as Totals) : again.content;
    const found = compare(fold, form, footed, fields, whole ? (all) => all : withoutEngine);
    return { event, whole, differences: [...timed, ...found, ...elsewhere] };
  } catch (error) {
    if (error instanceof Opaque) return { event, whole, differences: timed, opaque: error };
    throw error;
  }
}

/** Every recorded field against what the act gives again; an act on state that can't be has no content to compare. */
function compare(
  fold: Fold,
  form: EventForm<string, unknown>,
  content: unknown,
  fields: Readonly<Record<string, Json>>,
  comparable: (fields: Readonly<Record<string, Json>>) => Readonly<Record<string, Json>>,
): readonly Difference[] {
  const written = form.schema.safeEncode(content);
  if (!written.success) {
    const found = `a recorded ${form.type}, where records before it add up to what can't be`;
    return [difference("event-differs", `content of ${form.type}`, found)];
  }
  const expected = referInputs(written.data as Record<string, Json>, (of) => fold.fieldsOf(of));
  return differences(comparable(expected), comparable(fields), form.type);
}

const difference = (code: Difference["code"], expected: string, found: string): Difference => ({
  code,
  expected,
  found,
});

function signatoryDifferences({ kind, signatory }: Act): Difference[] {
  if ((kind === "machine") === (signatory === undefined)) return [];
  const expected = "a signatory exactly when a person acts";
  return [difference("event-differs", expected, `actor ${kind}`)];
}

function timeDifferences({ time }: LedgerRecord, { now }: Act): Difference[] {
  const expected = formatMinute(now);
  return time === expected ? [] : [difference("time-differs", `time ${expected}`, `time ${time}`)];
}

/** The opened fields by path; a path twice is Malformed. */
export function fieldsOf(
  openings: readonly { readonly path: string; readonly value: Json }[],
): Record<string, Json> {
  const fields: Record<string, Json> = Object.create(null);
  for (const { path, value } of openings) {
    if (path in fields) throw new Malformed(path, "is opened twice");
    fields[path] = value;
  }
  return { ...fields };
}
