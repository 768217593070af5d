import type { Json } from "../base/canonical.ts";
import { Malformed } from "../base/malformed.ts";
import { maxCovers, partClasses } from "../base/part-class.ts";
import type { PublicType } from "./types.ts";

type Check = (value: Json) => boolean;
const text: Check = (value) => typeof value === "string" && value.length <= 400;
const verifierKey: Check = (value) => typeof value === "string" && value.length <= 2_048;
const flag: Check = (value) => typeof value === "boolean";
const hex64: Check = (value) => typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
const count: Check = (value) => typeof value === "string" && /^(0|[1-9][0-9]{0,18})$/.test(value);
const handle: Check = (value) => typeof value === "string" && /^[0-9a-f]{32}$/.test(value);
const word: Check = (value) => typeof value === "string" && /^[a-z]+(-[a-z]+)*$/.test(value);
const classes: Check = (value) =>
  Array.isArray(value) &&
  value.length >= 1 &&
  value.length <= partClasses.length &&
  value.every((each) => (partClasses as readonly Json[]).includes(each));
const listOf =
  (item: Check, max: number): Check =>
  (value) =>
    Array.isArray(value) && value.length <= max && value.every(item);
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

const forms: Record<PublicType, Record<string, Check>> = {
  "log.genesis": {
    insurer: text,
    kind: (value) => value === "insurer" || value === "intake",
    simulation: flag,
    currency: text,
    keys: listOf(verifierKey, 8),
  },
  "keys.published": { keys: listOf(verifierKey, 8) },
  "bands.published": {
    currency: text,
    bands: listOf(object({ upTo: count, approvers: count }), 8),
  },
  "pack.published": { pack: text, version: count, hash: hex64 },
  "retention.published": {
    schedule: listOf(object({ class: word, days: count }), partClasses.length),
  },
  "hold.placed": { hold: handle, basis: word, by: handle },
  "hold.lifted": { hold: handle, by: handle },
  "erasure.requested": {
    classes,
    basis: word,
    by: (value) => value === null || handle(value),
  },
  "erasure.declined": { reason: word, by: handle },
  "erasure.approved": { by: handle },
  "erasure.recorded": {
    classes,
    covers: listOf(object({ stream: handle, version: count, as: word }), maxCovers),
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
