import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { equal, fromHex, fromUtf8, utf8 } from "../../shared/base/bytes.ts";
import { canonicalBytes, type Json } from "../../shared/base/canonical.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { formatRecord, type LedgerRecord, parseRecord } from "../../shared/record/record.ts";
import { publicTypes, type SealedType, sealedSizes } from "../../shared/record/types.ts";
import { handle } from "../policy/sample.ts";

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
const bodies: Record<(typeof publicTypes)[number], Record<string, Json>> = {
  "log.genesis": {
    insurer: "acme",
    kind: "insurer",
    simulation: false,
    currency: "USD",
    keys: ["log.example/claims/acme+00000000+AQ=="],
  },
  "keys.published": { keys: ["log.example/claims/acme+00000000+AQ=="] },
  "bands.published": { currency: "USD", bands: [{ upTo: "1000", approvers: "0" }] },
  "pack.published": { pack: "plan-schedule", version: "1", hash: "0a".repeat(32) },
  "retention.published": {
    schedule: [
      { class: "identity-and-health", days: "1096" },
      { class: "financial", days: "3652" },
    ],
  },
  "hold.placed": { hold: handle("8"), basis: "litigation", by: handle("6") },
  "hold.lifted": { hold: handle("8"), by: handle("6") },
  "erasure.requested": {
    classes: ["identity-and-health", "financial"],
    basis: "request",
    by: handle("2"),
  },
  "erasure.declined": { reason: "legal-obligation", by: handle("6") },
  "erasure.approved": { by: handle("7") },
  "erasure.recorded": {
    classes: ["identity-and-health", "financial"],
    covers: [{ stream: handle("3"), version: "4", as: "subject" }],
  },
  "erasure.completed": { classes: ["identity-and-health", "financial"] },
};
const published = (type: (typeof publicTypes)[number], body: Record<string, Json>): Json => ({
  ...json({ ...decided, version: 1n, prev: null, type, body: { public: body } }),
});
const json = (record: LedgerRecord): Record<string, Json> =>
  JSON.parse(fromUtf8(formatRecord(record)));
const parse = (value: Json) => parseRecord(canonicalBytes(value));

/** Whether parse reads these bytes, and if so, as a record whose format is the same bytes. */
function accepted(bytes: Uint8Array): boolean {
  try {
    expect(equal(formatRecord(parseRecord(bytes)), bytes)).toBe(true);
    return true;
  } catch (error) {
    if (error instanceof Malformed) return false;
    throw error;
  }
}

describe("a record", () => {
  test("is one line of canonical JSON", () => {
    expect(fromUtf8(formatRecord(decided))).toBe(
      `{"actor":"machine","origin":"log.example/claims/acme","prev":"${"0a".repeat(32)}",` +
        `"sealed":{"root":"${"0a".repeat(32)}","size":16},"stream":"${handle("3")}",` +
        `"time":"2026-03-04T12:00Z","type":"claim.decided","v":1,"version":2}`,
    );
  });

  test("reads back, whatever its type, actor, version and time", () => {
    const record = fc.record({
      type: fc.constantFrom(...types),
      version: fc.bigInt({ min: 1n, max: 2n ** 53n - 1n }),
      time: fc.date({ min: new Date(0), max: new Date("2999-12-31"), noInvalidDate: true }),
      actor: fc.constantFrom("person", "machine", "simulated"),
      root: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    });
    fc.assert(
      fc.property(record, ({ type, version, time, actor, root }) => {
        const written: LedgerRecord = {
          ...decided,
          type,
          version,
          prev: version === 1n ? null : root,
          time: `${time.toISOString().slice(0, 16)}Z`,
          actor: actor as LedgerRecord["actor"],
          body: { sealed: { size: sealedSizes[type], root } },
        };
        const read = parseRecord(formatRecord(written));
        expect({ ...read, body: undefined, prev: undefined }).toEqual({
          ...written,
          body: undefined,
          prev: undefined,
        });
        expect(equal(formatRecord(read), formatRecord(written))).toBe(true);
      }),
    );
  });

  test("with any byte changed is malformed, or is another record that reads back", () => {
    for (const good of [
      formatRecord(decided),
      canonicalBytes(published("log.genesis", bodies["log.genesis"])),
    ]) {
      let refused = 0;
      fc.assert(
        fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
          const changed = good.slice();
          changed[at] = (changed[at] ?? 0) ^ by;
          if (!accepted(changed)) refused++;
        }),
        { numRuns: 1_000 },
      );
      expect(refused).toBeGreaterThan(500);
      for (let length = 0; length < good.length; length++) {
        expect(accepted(good.slice(0, length))).toBe(false);
      }
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
    for (const spelling of spellings) expect(accepted(utf8(spelling))).toBe(false);
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
    ["a sealed part more", { sealed: { size: 16, root: "0a".repeat(32), more: 1 } }],
    ["a short root", { sealed: { size: 16, root: "0a" } }],
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
    ["pack.published", { version: 1 }],
    ["pack.published", { hash: "0A".repeat(32) }],
    ["erasure.requested", { classes: [] }],
    ["erasure.requested", { classes: ["name"] }],
    ["erasure.requested", { by: "Mary Shaw" }],
    ["erasure.approved", { by: null }],
    ["erasure.recorded", { covers: [{ stream: "x", version: "1", as: "subject" }] }],
    ["hold.placed", { basis: "because Mary sues" }],
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
