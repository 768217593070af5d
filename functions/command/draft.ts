import { referInputs } from "../../shared/audit/inputs.ts";
import { formOf } from "../../shared/audit/streams.ts";
import type { Act } from "../../shared/base/actor.ts";
import { concat } from "../../shared/base/bytes.ts";
import { type DomainEvent, encodeContent } from "../../shared/base/event.ts";
import { formatMinute } from "../../shared/base/instant.ts";
import { assert } from "../../shared/base/malformed.ts";
import type { PartClass } from "../../shared/base/part-class.ts";
import { leafHash } from "../../shared/log/hash.ts";
import type { FieldIndex } from "../../shared/record/fields.ts";
import { formatRecord, type LedgerRecord } from "../../shared/record/record.ts";
import { type Opening, seal } from "../../shared/record/sealed.ts";
import {
  isPublicType,
  isSealedType,
  type RecordType,
  sealedSizes,
} from "../../shared/record/types.ts";

/** Where a record goes in its stream: after `prev`. */
export interface Place {
  readonly origin: string;
  readonly version: bigint;
  readonly prev: Uint8Array | null;
}

/** The openings of one person and class. */
export interface DraftPart {
  readonly person: string;
  readonly class: PartClass;
  readonly openings: readonly Opening[];
}

/** An event as the record it becomes. `parts` and `leaves` are empty for public records. */
export interface Draft {
  readonly record: LedgerRecord;
  readonly bytes: Uint8Array;
  readonly leafHash: Uint8Array;
  readonly leaves: Uint8Array;
  readonly root: Uint8Array | undefined;
  readonly openings: readonly Opening[];
  readonly parts: readonly DraftPart[];
}

/** Seals `event` into the record at `place`. `subject` is whose data it is; `random(n)` gives n fresh random bytes. */
export function draftRecord(
  event: DomainEvent,
  act: Act,
  place: Place,
  subject: string | undefined,
  indexOf: (stream: string) => FieldIndex | undefined,
  random: (bytes: number) => Uint8Array,
): Draft {
  const form = formOf(event.type);
  const fields = referInputs(encodeContent(form, event.content), indexOf);
  const head = {
    ...place,
    type: event.type as RecordType,
    stream: event.stream,
    time: formatMinute(act.now),
    actor: act.kind,
  };
  if (isPublicType(event.type)) {
    return finish({ ...head, body: { public: fields } }, { leaves: [], openings: [] }, []);
  }
  assert(isSealedType(event.type) && subject !== undefined, `${event.type} is about a person`);
  const size = sealedSizes[event.type];
  const sealed = seal(fields, size, random);
  const body = { sealed: { size, root: sealed.root } };
  return finish({ ...head, body }, sealed, partsOf(form, sealed.openings, subject, act));
}

function finish(
  record: LedgerRecord,
  sealed: { leaves: readonly Uint8Array[]; openings: readonly Opening[] },
  parts: readonly DraftPart[],
): Draft {
  const bytes = formatRecord(record);
  return {
    record,
    bytes,
    leafHash: leafHash(bytes),
    leaves: concat(...sealed.leaves),
    root: "sealed" in record.body ? record.body.sealed.root : undefined,
    openings: sealed.openings,
    parts,
  };
}

/** Which person's key closes which field: staff fields the actor's, the rest the subject's, by class. */
function partsOf(
  form: { readonly financial: readonly string[]; readonly staff: readonly string[] },
  openings: readonly Opening[],
  subject: string,
  act: Act,
): DraftPart[] {
  const staff = act.signatory?.person ?? subject;
  const parts = new Map<string, { person: string; class: PartClass; openings: Opening[] }>();
  for (const opening of openings) {
    const person = form.staff.includes(opening.path) ? staff : subject;
    const kind = form.financial.includes(opening.path) ? "financial" : "identity-and-health";
    const name = `${person}/${kind}`;
    const part = parts.get(name) ?? { person, class: kind, openings: [] };
    part.openings.push(opening);
    parts.set(name, part);
  }
  return [...parts.values()];
}
