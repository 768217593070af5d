import { fromHex, toHex } from "../base/bytes.ts";
import { canonicalBytes, type Json, parseCanonical } from "../base/canonical.ts";
import { parseHandle } from "../base/handle.ts";
import { formatMinute } from "../base/instant.ts";
import { assert, Malformed } from "../base/malformed.ts";
import { readPublic } from "./public.ts";
import { isPublicType, isSealedType, type RecordType, sealedSizes } from "./types.ts";

/** The sealed content's commitment: how many leaves, and the RFC 6962 root over them. */
export interface Sealed {
  readonly size: number;
  readonly root: Uint8Array;
}

/** One leaf of an insurer's log, parsed. `version` counts from 1; `prev` is the leaf hash of the stream's previous record. */
export interface LedgerRecord {
  readonly origin: string;
  readonly type: RecordType;
  readonly stream: string;
  readonly version: bigint;
  readonly prev: Uint8Array | null;
  /** RFC 3339 UTC to the minute. */
  readonly time: string;
  readonly actor: "person" | "machine" | "simulated";
  readonly body: { readonly sealed: Sealed } | { readonly public: Readonly<Record<string, Json>> };
}

/** RFC 9162 entries here stay below tlog-tiles' two-byte length. */
export const maxRecordBytes = 65_535;

/** Canonical bytes of `record` (RFC 8785). */
export function formatRecord(record: LedgerRecord): Uint8Array {
  const { body } = record;
  const bytes = canonicalBytes({
    v: 1,
    origin: record.origin,
    type: record.type,
    stream: record.stream,
    version: Number(record.version),
    prev: record.prev === null ? null : toHex(record.prev),
    time: record.time,
    actor: record.actor,
    ...("sealed" in body
      ? { sealed: { size: body.sealed.size, root: toHex(body.sealed.root) } }
      : { public: body.public }),
  });
  assert(bytes.length <= maxRecordBytes, "a record fits 65,535 bytes");
  return bytes;
}

const memberNames = "actor,origin,prev,stream,time,type,v,version";

/** Reads exactly what {@link formatRecord} writes; anything else is Malformed, naming the member. */
export function parseRecord(bytes: Uint8Array): LedgerRecord {
  if (bytes.length > maxRecordBytes) throw new Malformed("record", "is over 65,535 bytes");
  const json = members(parseCanonical(bytes, "record"), "record");
  const { sealed, public: open, ...head } = json;
  const names = Object.keys(head).sort().join(",");
  if (names !== memberNames || (sealed === undefined) === (open === undefined)) {
    throw new Malformed("record", "has not exactly a record's members");
  }
  if (json.v !== 1) throw new Malformed("v", "is not 1");
  const version = json.version;
  if (typeof version !== "number" || version < 1) throw new Malformed("version", "is below 1");
  if ((version === 1) !== (json.prev === null)) {
    throw new Malformed("prev", "is null exactly at version 1");
  }
  const type = text(json.type, "type");
  const actor = text(json.actor, "actor");
  if (actor !== "person" && actor !== "machine" && actor !== "simulated") {
    throw new Malformed("actor", "is no actor kind");
  }
  return {
    origin: origin(text(json.origin, "origin")),
    type: type as RecordType,
    stream: parseHandle(text(json.stream, "stream"), "stream"),
    version: BigInt(version),
    prev: json.prev === null ? null : hash(json.prev ?? null, "prev"),
    time: minute(text(json.time, "time")),
    actor,
    body: body(type, sealed, open),
  };
}

function body(type: string, sealed: Json | undefined, open: Json | undefined) {
  if (isSealedType(type) && sealed !== undefined) {
    const { size, root, ...rest } = members(sealed, "sealed");
    if (size !== sealedSizes[type] || Object.keys(rest).length > 0) {
      throw new Malformed("sealed", `has not the size of ${type}`);
    }
    return { sealed: { size: sealedSizes[type], root: hash(root ?? null, "sealed.root") } };
  }
  if (isPublicType(type) && open !== undefined) {
    return { public: readPublic(type, members(open, "public")) };
  }
  throw new Malformed("type", "is not on the list, or not with this body");
}

function members(value: Json, where: string): Record<string, Json> {
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new Malformed(where, "is not an object");
  }
  return value as Record<string, Json>;
}

function text(value: Json | undefined, where: string): string {
  if (typeof value !== "string") throw new Malformed(where, "is not text");
  return value;
}

function hash(value: Json, where: string): Uint8Array {
  const bytes = fromHex(text(value, where), where);
  if (bytes.length !== 32) throw new Malformed(where, "is not 32 bytes");
  return bytes;
}

/** A log's name: host-like prefix, `/`, insurer id. */
export function origin(name: string): string {
  if (!/^[a-z0-9.-]{1,120}(\/[a-z0-9-]{1,63}){1,4}$/.test(name)) {
    throw new Malformed("origin", "is not a prefix and an insurer id");
  }
  return name;
}

function minute(time: string): string {
  const ms = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}Z$/.test(time) ? Date.parse(time) : Number.NaN;
  // Date.parse reads 30 February and hour 24 as the next day.
  if (Number.isNaN(ms) || formatMinute(BigInt(ms) * 1000n) !== time) {
    throw new Malformed("time", "is not a UTC time to the minute");
  }
  return time;
}
