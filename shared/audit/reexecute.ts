import type { Act, Signatory } from "../base/actor.ts";
import type { Json } from "../base/canonical.ts";
import { type DomainEvent, decodeContent, encodeContent } from "../base/event.ts";
import { formatMinute, type Instant } from "../base/instant.ts";
import { Malformed } from "../base/malformed.ts";
import { isRefusal } from "../base/refusal.ts";
import { type Decided, decidedForm } from "../claim/decided.ts";
import type { LedgerRecord } from "../record/record.ts";
import { type Difference, differences } from "./compare.ts";
import { type Fold, Opaque } from "./fold.ts";
import { referInputs } from "./inputs.ts";
import type { Reader } from "./reader.ts";
import { redecide } from "./redecide.ts";
import { formOf } from "./streams.ts";

/** What became of re-executing one record. `event` is what the record says, for the fold to go on with. */
export interface Reexecution {
  readonly event: DomainEvent;
  readonly differences: readonly Difference[];
  /** The state it rests on is not open to this auditor. */
  readonly opaque: boolean;
}

/** A pack that no decision writes may have been superseded this long before the decision's own time. */
const packGraceUs = 5n * 60n * 1_000_000n;

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
  const act = actOf(record, content as { now: Instant; by?: Signatory });
  if (!act) {
    const actor: Difference = {
      code: "event-differs",
      field: "actor",
      expected: "a signatory exactly when a person acts",
      found: `actor ${record.actor}`,
    };
    return { event, differences: [actor], opaque: false };
  }
  const timed = timeDifferences(record, act);
  try {
    const again = await redecide(readerFor(fold, event, act), event, act);
    if (isRefusal(again)) {
      const refused: Difference = {
        code: "refused",
        field: again.field ?? "",
        expected: `a refusal (${again.refused}): ${again.detail}`,
        found: `a recorded ${record.type}`,
      };
      return { event, differences: [...timed, refused], opaque: false };
    }
    const expected = referInputs(encodeContent(form, again.content), (stream) =>
      fold.fieldsOf(stream),
    );
    return {
      event,
      differences: [...timed, ...differences(expected, fields, record.type)],
      opaque: false,
    };
  } catch (error) {
    if (error instanceof Opaque) return { event, differences: timed, opaque: true };
    throw error;
  }
}

function actOf({ actor }: LedgerRecord, { now, by }: { now: Instant; by?: Signatory }) {
  if ((actor === "machine") !== (by === undefined)) return undefined;
  const act: Act = { kind: actor, now, ...(by ? { signatory: by } : {}) };
  return act;
}

function timeDifferences({ time }: LedgerRecord, { now }: Act): Difference[] {
  const expected = formatMinute(now);
  return time === expected
    ? []
    : [
        {
          code: "time-differs",
          field: "time",
          expected: `time ${expected}`,
          found: `time ${time}`,
        },
      ];
}

/** The fold, with the pack version the decision names where a newer one came within the grace before it. */
function readerFor(fold: Fold, event: DomainEvent, { now }: Act): Reader {
  const named = event.type === decidedForm.type ? (event.content as Decided).pack : null;
  if (!named) return fold;
  const versions = fold.packVersions(named.stream);
  const next = versions.find(({ state }) => state.version === named.version + 1n);
  const superseded = next && BigInt(Date.parse(next.time)) * 1000n;
  const graced = superseded !== undefined && now - superseded <= packGraceUs;
  const older = graced ? fold.packAt(named.stream, named.version) : undefined;
  if (!older) return fold;
  return {
    insurer: () => fold.insurer(),
    stream: (kind, stream) => fold.stream(kind, stream),
    accumulator: (subject) => fold.accumulator(subject),
    pack: async (stream) => (stream === named.stream ? older : fold.pack(stream)),
  };
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
