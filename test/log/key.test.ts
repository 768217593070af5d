import { describe, expect, test } from "@jest/globals";
import { Malformed } from "../../shared/base/malformed.ts";
import {
  fingerprint,
  formatVerifierKey,
  parseVerifierKey,
  verifierKey,
} from "../../shared/log/key.ts";
import { ed25519Signer, mlDsa44Signer } from "./signers.ts";

// Published keys: C2SP signed-note, the Go checksum database, the Tessera test log.
const published = [
  ["example.com/foo", "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"],
  ["sum.golang.org", "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"],
  [
    "example.com/log/testdata",
    "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx",
  ],
] as const;

describe("a verifier key", () => {
  test("published by others reads, and writes back the same", () => {
    for (const [name, text] of published) {
      const key = parseVerifierKey(text);
      expect([key.name, key.type]).toEqual([name, "ed25519"]);
      expect(formatVerifierKey(key)).toBe(text);
      expect(fingerprint(key)).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  test("of every type comes back from its text", () => {
    for (const { key } of [
      ed25519Signer("a", 1),
      ed25519Signer("a", 1, "cosignature"),
      mlDsa44Signer("witness.example/ü"),
    ]) {
      expect(parseVerifierKey(formatVerifierKey(key))).toEqual(key);
    }
  });

  test("has another id for another name or type", () => {
    const { key } = ed25519Signer("a", 1);
    const others = [
      verifierKey("b", "ed25519", key.publicKey),
      verifierKey("a", "cosignature", key.publicKey),
    ];
    expect(new Set([key.id, ...others.map(({ id }) => id)]).size).toBe(3);
  });

  test("in any other spelling is malformed", () => {
    const good = published[1][1];
    const bad = [
      "",
      good.replace("+033de0ae+", "+033DE0AE+"),
      good.replace("+033de0ae+", "+33de0ae+"),
      good.replace("+033de0ae+", "+033de0af+"),
      good.replace("sum.", "som."),
      good.replace("sum.golang.org", ""),
      good.replace("sum.golang.org", "sum golang org"),
      `${good}\n`,
      ` ${good}`,
      good.slice(0, -4),
      good.replace("+Ac4", "+Bc4"),
      good.replace("+Ac4", "+As4"),
      good.replace("+Ac4", "+/c4"),
    ];
    for (const text of bad) expect(() => parseVerifierKey(text)).toThrow(Malformed);
    expect(() => verifierKey("a", "ed25519", new Uint8Array(31))).toThrow(Malformed);
    expect(() => verifierKey("a+b", "ed25519", new Uint8Array(32))).toThrow(Malformed);
    expect(() => verifierKey("a", "mldsa44", new Uint8Array(32))).toThrow(Malformed);
  });
});
