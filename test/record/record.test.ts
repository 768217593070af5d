import { describe, expect, test } from "@jest/globals";
import { fromHex, fromUtf8, utf8 } from "../../shared/base/bytes.ts";
import { canonicalBytes, type Json } from "../../shared/base/canonical.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { formatRecord, type LedgerRecord, parseRecord } from "../../shared/record/record.ts";
import { publicTypes, type SealedType, sealedSizes } from "../../shared/record/types.ts";
import { handle } from "../policy/sample.ts";
import { bodies } from "./sample.ts";

const hash = fromHex("0a".repeat(32));
const types = Object.keys(sealedSizes) as SealedType[];

const decided: LedgerRecord = {
  origin: "log.example/claims/acme",
  type: "claim.decided",
  stream: handle("3"),
  version: 2n,
  prev: hash,
  time: "2026-03-04T12:00Z",
  actor: "machine",
  body: { sealed: { size: sealedSizes["claim.decided"], root: hash } },
};
const published = (type: (typeof publicTypes)[number], body: Record<string, Json>): Json => ({
  ...json({ ...decided, version: 1n, prev: null, type, body: { public: body } }),
});
const json = (record: LedgerRecord): Record<string, Json> =>
  JSON.parse(fromUtf8(formatRecord(record)));
const parse = (value: Json) => parseRecord(canonicalBytes(value));

describe("a record", () => {
  test("is one line of canonical JSON", () => {
    expect(fromUtf8(formatRecord(decided))).toBe(
      `{"actor":"machine","origin":"log.example/claims/acme","prev":"${"0a".repeat(32)}",` +
        `"sealed":{"root":"${"0a".repeat(32)}","size":32},"stream":"${handle("3")}",` +
        `"time":"2026-03-04T12:00Z","type":"claim.decided","v":1,"version":2}`,
    );
  });

  test("cut off anywhere is malformed", () => {
    const good = formatRecord(decided);
    for (let length = 0; length < good.length; length++) {
      expect(() => parseRecord(good.slice(0, length))).toThrow(Malformed);
    }
  });

  test("in any other spelling of JSON is malformed", () => {
    const text = fromUtf8(formatRecord(decided));
    const spellings = [
      ` ${text}`,
      `${text}\n`,
      text.replace('"v":1', '"v":1.0'),
      text.replace('"v":1', '"v":1e0'),
      text.replace('"version":2', '"version":2.5'),
      text.replace("{", '{"a":null,'),
      text.replace('"v":1,', '"v":1,"v":1,'),
      text.replace("machine", "machin\\u0065"),
      `[${text}]`,
      "null",
    ];
    for (const spelling of spellings) expect(() => parseRecord(utf8(spelling))).toThrow(Malformed);
  });

  const wrong: [string, Record<string, Json>][] = [
    ["another form version", { v: 2 }],
    ["version 0", { version: 0, prev: null }],
    ["version 1 with a predecessor", { version: 1 }],
    ["version 2 without one", { prev: null }],
    ["a version as text", { version: "2" }],
    ["a short prev", { prev: "0a" }],
    ["an upper-case prev", { prev: "0A".repeat(32) }],
    ["seconds in its time", { time: "2026-03-04T12:00:00Z" }],
    ["a day that does not exist", { time: "2026-02-30T12:00Z" }],
    ["the hour 24", { time: "2026-03-04T24:00Z" }],
    ["another zone", { time: "2026-03-04T12:00+01:00" }],
    ["an actor of no kind", { actor: "insurer" }],
    ["an upper-case origin", { origin: "Log.example/acme" }],
    ["an origin without an insurer", { origin: "log.example" }],
    ["a stream that is a name", { stream: "mary" }],
    ["a type that tells an outcome", { type: "claim.denied" }],
    ["a type of Object.prototype", { type: "constructor" }],
    ["another type's size", { sealed: { size: 8, root: "0a".repeat(32) } }],
    ["a sealed part more", { sealed: { size: 32, root: "0a".repeat(32), more: 1 } }],
    ["a short root", { sealed: { size: 32, root: "0a" } }],
    ["a sealed list", { sealed: [16, "0a".repeat(32)] }],
    ["a public body beside", { public: {} }],
    ["an amount beside", { amount: "100.00" }],
  ];
  test.each(wrong)("with %s is malformed", (_what, over) => {
    expect(() => parse({ ...json(decided), ...over })).toThrow(Malformed);
  });

  test.each(Object.keys(json(decided)))("without its %s is malformed", (member) => {
    const { [member]: _gone, ...rest } = json(decided);
    expect(() => parse(rest)).toThrow(Malformed);
  });

  test("over 65,535 bytes is malformed, whatever it says", () => {
    expect(() => parseRecord(new Uint8Array(65_536))).toThrow("over 65,535 bytes");
  });
});

describe("a sealed record", () => {
  test.each(types)("%s has one size, whatever it seals: a power of two", (type) => {
    const size = sealedSizes[type];
    expect(Number.isInteger(Math.log2(size))).toBe(true);
    const of = (leaves: number) => ({
      ...json({ ...decided, type }),
      sealed: { size: leaves, root: "0a".repeat(32) },
    });
    expect(parse(of(size)).type).toBe(type);
    for (const other of [0, size / 2, size + 1, size * 2]) {
      expect(() => parse(of(other))).toThrow(Malformed);
    }
  });

  test("can't be public", () => {
    const { sealed: _gone, ...rest } = json(decided);
    expect(() => parse({ ...rest, public: { amount: "100.00" } })).toThrow(Malformed);
  });
});

describe("a public record", () => {
  test.each(publicTypes)("%s has exactly its members", (type) => {
    expect(parse(published(type, bodies[type])).type).toBe(type);
    for (const member of Object.keys(bodies[type])) {
      const { [member]: _gone, ...rest } = bodies[type];
      expect(() => parse(published(type, rest))).toThrow(Malformed);
    }
    for (const over of [{ note: "Mary" }, { __proto__: null, extra: 1 }]) {
      expect(() => parse(published(type, { ...bodies[type], ...over }))).toThrow(Malformed);
    }
  });

  test.each(publicTypes)("%s can't be sealed", (type) => {
    const sealed = { size: 16, root: "0a".repeat(32) };
    expect(() => parse({ ...json(decided), type, sealed })).toThrow(Malformed);
  });

  const wrong: [(typeof publicTypes)[number], Record<string, Json>][] = [
    ["log.genesis", { kind: "bank" }],
    ["log.genesis", { simulation: "false" }],
    ["log.genesis", { keys: Array.from({ length: 9 }, () => "key") }],
    ["log.genesis", { insurer: "x".repeat(401) }],
    ["keys.published", { keys: ["x".repeat(2_049)] }],
    ["keys.published", { keys: "key" }],
    ["bands.published", { bands: [{ upTo: 1000, approvers: "0" }] }],
    ["bands.published", { bands: [{ upTo: "01", approvers: "0" }] }],
    ["bands.published", { bands: [{ upTo: "1" }] }],
    ["bands.published", { bands: {} }],
    ["bands.published", { by: "a name" }],
    ["payments.published", { by: "a name" }],
    ["clocks.published", { by: "a name" }],
    ["payments.published", { coolingOffHours: 48 }],
    ["payments.published", { heads: { interest: [], expense: [] } }],
    ["payments.published", { heads: { interest: [], expense: [], "ex-gratia": [{}] } }],
    ["reconciliation.recorded", { payments: 3 }],
    ["reconciliation.recorded", { opened: [{ kind: "odd", about: null, message: null }] }],
    ["reconciliation.recorded", { closed: [{ kind: "unreadable", about: "Mary", message: null }] }],
    ["pack.published", { version: 1 }],
    ["pack.published", { hash: "0A".repeat(32) }],
    ["pack.published", { to: "never" }],
    ["pack.published", { author: "a name" }],
    ["erasure.requested", { classes: [] }],
    ["erasure.requested", { classes: ["name"] }],
    ["erasure.requested", { by: "Mary Shaw" }],
    ["erasure.approved", { by: null }],
    ["erasure.recorded", { covers: [{ stream: "x", version: "1", as: "subject" }] }],
    ["hold.placed", { basis: "because Mary sues" }],
    ["hold.placed", { basis: "because" }],
    ["openings.disclosed", { key: "Mary's" }],
    ["openings.disclosed", { by: "Mary Shaw" }],
    ["log.genesis", { keys: [] }],
    ["keys.published", { keys: [] }],
    ["bands.published", { bands: [] }],
    ["retention.published", { schedule: [] }],
    [
      "retention.published",
      { schedule: [...(bodies["retention.published"].schedule as Json[])].reverse() },
    ],
    ["erasure.requested", { classes: ["financial", "identity-and-health"] }],
    ["erasure.requested", { basis: "mary" }],
    ["erasure.declined", { reason: "mary" }],
    ["erasure.recorded", { covers: [] }],
    ["erasure.recorded", { covers: [{ stream: handle("3"), version: "4", as: "mary" }] }],
  ];
  test.each(wrong)("%s with %j is malformed", (type, over) => {
    expect(() => parse(published(type, { ...bodies[type], ...over }))).toThrow(Malformed);
  });
});

test("what has no place in a leaf can't be written: floats, undefined, big integers", () => {
  for (const bad of [1.5, Number.NaN, undefined, 1n, -0, 2 ** 53, new Date(0)]) {
    const body = { ...bodies["pack.published"], pack: bad as Json };
    const record: LedgerRecord = { ...decided, type: "pack.published", body: { public: body } };
    expect(() => formatRecord(record)).toThrow(Malformed);
  }
});
