import { breakKinds } from "../base/bank-breaks.ts";
import type { Json } from "../base/canonical.ts";
import { coverKinds, declineReasons, erasureBases, holdBases } from "../base/erasure-words.ts";
import { Malformed } from "../base/malformed.ts";
import { classesInOrder, maxCovers, partClasses } from "../base/part-class.ts";
import type { PublicType } from "./types.ts";

type Check = (value: Json) => boolean;
const text: Check = (value) => typeof value === "string" && value.length <= 400;
const verifierKey: Check = (value) => typeof value === "string" && value.length <= 2_048;
const flag: Check = (value) => typeof value === "boolean";
const hex64: Check = (value) => typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
const base64Hash: Check = (value) =>
  typeof value === "string" && /^[A-Za-z0-9+/]{43}=$/.test(value);
const strand: Check = (value) => typeof value === "string" && /^[A-Za-z0-9]{1,64}$/.test(value);
const count: Check = (value) => typeof value === "string" && /^(0|[1-9][0-9]{0,18})$/.test(value);
const handle: Check = (value) => typeof value === "string" && /^[0-9a-f]{32}$/.test(value);
const date: Check = (value) =>
  typeof value === "string" && /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(value);
const oneOf =
  (words: readonly string[]): Check =>
  (value) =>
    typeof value === "string" && words.includes(value);
/** A list of 1 to `max`. */
const listOf =
  (item: Check, max: number): Check =>
  (value) =>
    Array.isArray(value) && value.length >= 1 && value.length <= max && value.every(item);
/** A list of up to `max`. */
const upTo =
  (item: Check, max: number): Check =>
  (value) =>
    Array.isArray(value) && value.length <= max && value.every(item);
const classes: Check = (value) =>
  listOf(oneOf(partClasses), partClasses.length)(value) && classesInOrder(value as readonly Json[]);
const schedule: Check = (value) =>
  Array.isArray(value) &&
  value.length === partClasses.length &&
  value.every((row, at) =>
    object({ class: oneOf(partClasses.slice(at, at + 1)), days: count })(row),
  );
const object =
  (members: Record<string, Check>): Check =>
  (value) =>
    value !== null &&
    typeof value === "object" &&
    !Array.isArray(value) &&
    Object.keys(value).length === Object.keys(members).length &&
    Object.entries(members).every(([name, check]) => {
      const member = (value as Record<string, Json>)[name];
      return member !== undefined && check(member);
    });

const maybeHandle: Check = (value) => value === null || handle(value);
const bankBreak: Check = object({
  kind: oneOf(breakKinds),
  about: maybeHandle,
  message: (value) => value === null || hex64(value),
});
const party: Check = object({ name: text, account: text });
const bankedParty: Check = object({ name: text, account: text, bic: text });
const band: Check = object({ upTo: count, approvers: count });
const jurisdiction: Check = (value) =>
  typeof value === "string" && /^[A-Z]{2}(-[A-Z0-9]{1,3})?$/.test(value);
const clock: Check = object({
  jurisdiction,
  acknowledgeDays: count,
  decideDays: count,
  decideFrom: oneOf(["notice", "acknowledgement"]),
  payDays: count,
});
const forms: Record<PublicType, Record<string, Check>> = {
  "log.genesis": {
    insurer: text,
    kind: oneOf(["insurer", "intake"]),
    simulation: flag,
    currency: text,
    keys: listOf(verifierKey, 8),
  },
  "keys.published": { keys: listOf(verifierKey, 8) },
  "bands.published": { currency: text, bands: listOf(band, 8), by: maybeHandle },
  "payments.published": {
    currency: text,
    coolingOffHours: count,
    heads: object({ interest: upTo(band, 8), expense: upTo(band, 8), "ex-gratia": upTo(band, 8) }),
    payer: (value) => party(value) || bankedParty(value),
    by: maybeHandle,
  },
  "clocks.published": { home: jurisdiction, clocks: listOf(clock, 64), by: maybeHandle },
  "pack.published": {
    pack: text,
    version: count,
    hash: hex64,
    dateBasis: oneOf(["loss", "diagnosis", "notice"]),
    from: date,
    to: (value) => value === null || date(value),
    author: handle,
    approver: handle,
  },
  "reconciliation.recorded": {
    number: count,
    day: date,
    payments: count,
    matched: count,
    opened: upTo(bankBreak, 100),
    closed: upTo(bankBreak, 100),
  },
  "retention.published": {
    schedule,
  },
  "openings.disclosed": {
    from: count,
    to: count,
    key: (value) => value === null || hex64(value),
    by: handle,
  },
  "journal.imported": {
    strandId: strand,
    blocks: count,
    digest: base64Hash,
    saved: upTo(object({ block: count, digest: base64Hash }), 16),
    documents: count,
    revisions: count,
    redacted: count,
    deletions: count,
    hashOnly: count,
    erased: count,
  },
  "hold.placed": { hold: handle, basis: oneOf(holdBases), by: handle },
  "hold.lifted": { hold: handle, by: handle },
  "erasure.requested": {
    classes,
    basis: oneOf(erasureBases),
    by: maybeHandle,
  },
  "erasure.declined": { reason: oneOf(declineReasons), by: handle },
  "erasure.approved": { by: handle },
  "erasure.recorded": {
    classes,
    covers: listOf(object({ stream: handle, version: count, as: oneOf(coverKinds) }), maxCovers),
  },
  "erasure.completed": { classes },
};

/** A public body with exactly its type's members (docs/spec/record.md); anything else is Malformed. */
export function readPublic(
  type: PublicType,
  body: Readonly<Record<string, Json>>,
): Readonly<Record<string, Json>> {
  if (!object(forms[type])(body)) throw new Malformed("public", `has not the form of ${type}`);
  return body;
}
