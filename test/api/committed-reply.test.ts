import { describe, expect, test } from "@jest/globals";
import { committedClaimSchema } from "../../shared/api/committed.ts";
import { keptJson, readCommittedClaim } from "../../shared/api/committed-reply.ts";
import { fingerprintOf } from "../../shared/api/fingerprint.ts";
import { fromUtf8, toHex } from "../../shared/base/bytes.ts";

const committed = {
  claim: "3f2b8c1d9e4a5f60718293a4b5c6d7e8",
  status: "submitted",
  record: { leafHash: "ab".repeat(32), type: "claim.submitted", version: 1n, bytes: '{"a":"é"}' },
  openings: [{ path: "amount", salt: "c2FsdA==", value: { amount: "1.00" }, index: 3 }],
} as const;

const replyOf = (value: typeof committed) => keptJson(committedClaimSchema, value);

describe("a reply that is kept", () => {
  test("is the same bytes for the same commit, and keeps the record's text", () => {
    const { status, body } = replyOf(committed);
    expect(status).toBe(201);
    expect(body).toEqual(replyOf(structuredClone(committed)).body);
    const text = fromUtf8(body);
    expect(JSON.parse(text).record).toEqual({ ...committed.record, version: "1" });
    expect(readCommittedClaim(text)).toEqual({
      claim: committed.claim,
      leafHash: committed.record.leafHash,
    });
  });

  test("refuses to write a commit that is none", () => {
    expect(() => keptJson(committedClaimSchema, { ...committed, claim: "1" })).toThrow();
  });
});

describe("fingerprintOf", () => {
  const of = (route: string, path: string, key: string, body: object) =>
    toHex(fingerprintOf(route, path, key, body as never));
  const base = of("POST /claims", "/claims", "k", { a: "1", b: ["2"] });

  test("is blind to the order of names", () => {
    expect(of("POST /claims", "/claims", "k", { b: ["2"], a: "1" })).toBe(base);
  });

  test("differs by route, path, key and any value", () => {
    const others = [
      of("POST /x", "/claims", "k", { a: "1", b: ["2"] }),
      of("POST /claims", "/claims/1", "k", { a: "1", b: ["2"] }),
      of("POST /claims", "/claims", "l", { a: "1", b: ["2"] }),
      of("POST /claims", "/claims", "k", { a: "1", b: ["3"] }),
      of("POST /claims", "/claims", "k", { a: "1", b: "2" }),
    ];
    expect(new Set([base, ...others]).size).toBe(6);
  });
});
