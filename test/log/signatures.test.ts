import { describe, expect, test } from "@jest/globals";
import { fromHex, utf8 } from "../../shared/base/bytes.ts";
import { verifyEd25519 } from "../../shared/log/ed25519.ts";
import { verifyMlDsa44 } from "../../shared/log/ml-dsa.ts";
import * as portable from "../../shared/log/signatures.portable.ts";
import { readVectors, testWithVectors } from "./vectors.ts";

interface Group {
  readonly publicKey: string | { readonly pk: string };
  readonly tests: readonly {
    readonly tcId: number;
    readonly msg: string;
    readonly sig: string;
    readonly ctx?: string;
    readonly result: string;
  }[];
}

type Verify = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;

/**
 * The ids of the cases `verify` judges otherwise than the file says, and how many it judged. A signature made for a context is none
 * without it.
 */
function disagreements(file: string, verify: Verify): { wrong: number[]; judged: number } {
  const { testGroups } = JSON.parse(readVectors(file).toString()) as { testGroups: Group[] };
  const wrong: number[] = [];
  let judged = 0;
  for (const { publicKey, tests } of testGroups) {
    const key = fromHex(typeof publicKey === "string" ? publicKey : publicKey.pk);
    for (const { tcId, msg, sig, ctx, result } of tests) {
      judged++;
      const valid = result === "valid" && !ctx;
      if (verify(key, fromHex(msg), fromHex(sig)) !== valid) wrong.push(tcId);
    }
  }
  return { wrong, judged };
}

describe("Ed25519", () => {
  testWithVectors("agrees with every Wycheproof case, in Node and where Node is not", () => {
    const elsewhere: Verify = (key, message, signature) =>
      signature.length === 64 && portable.ed25519Holds(key, message, signature);
    for (const verify of [verifyEd25519, elsewhere]) {
      const { wrong, judged } = disagreements("wycheproof/ed25519_test.json.gz", verify);
      expect(wrong).toEqual([]);
      expect(judged).toBe(151);
    }
  });

  // RFC 8032 §7.1, TEST 2.
  const publicKey = fromHex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  const message = fromHex("72");
  const signature = fromHex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  );

  test("verifies RFC 8032's example and nothing near it", () => {
    expect(verifyEd25519(publicKey, message, signature)).toBe(true);
    expect(verifyEd25519(publicKey, utf8("s"), signature)).toBe(false);
    for (let i = 0; i < 64; i += 7) {
      expect(verifyEd25519(publicKey, message, signature.with(i, signature[i]! ^ 1))).toBe(false);
    }
    for (const length of [0, 63, 65]) {
      const other = new Uint8Array(length);
      other.set(signature.slice(0, length));
      expect(verifyEd25519(publicKey, message, other)).toBe(false);
    }
    expect(verifyEd25519(publicKey.slice(1), message, signature)).toBe(false);
  });

  test("refuses keys of small order and non-canonical encodings that laxer rules let through", () => {
    // The identity as key and R, S = 0: satisfies the group equation for every message.
    const identity = new Uint8Array(32).with(0, 1);
    const forged = Buffer.concat([identity, new Uint8Array(32)]);
    expect(verifyEd25519(identity, message, forged)).toBe(false);
    // The same key, R = 5B and S = 5: the equation holds for every message, and R is of full order.
    const five = "edc876d6831fd2105d0b4389ca2e283166469289146e2ce06faefe98b22548df";
    const r = Buffer.concat([fromHex(five), new Uint8Array(32).with(0, 5)]);
    expect(verifyEd25519(identity, message, r)).toBe(false);
    // y = p + 1: a second spelling of the identity.
    const alias = fromHex(`ee${"ff".repeat(30)}7f`);
    expect(verifyEd25519(alias, message, forged)).toBe(false);
    expect(verifyEd25519(identity, message, Buffer.concat([alias, new Uint8Array(32)]))).toBe(
      false,
    );
    // S + L: the same signature again, were S not bounded.
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const s = BigInt(`0x${Buffer.from(signature.slice(32)).reverse().toString("hex")}`) + order;
    const malleable = Buffer.from(s.toString(16).padStart(64, "0"), "hex").reverse();
    const again = Buffer.concat([signature.slice(0, 32), malleable]);
    expect(verifyEd25519(publicKey, message, again)).toBe(false);
  });
});

describe("ML-DSA-44", () => {
  testWithVectors(
    "agrees with every Wycheproof case; one made for a context is no signature here",
    () => {
      const file = "wycheproof/mldsa_44_verify_test.json.gz";
      const elsewhere: Verify = (key, message, signature) =>
        key.length === 1312 &&
        signature.length === 2420 &&
        portable.mlDsa44Holds(key, message, signature);
      for (const verify of [verifyMlDsa44, elsewhere]) {
        const { wrong, judged } = disagreements(file, verify);
        expect(wrong).toEqual([]);
        expect(judged).toBeGreaterThan(170);
      }
    },
  );

  test("is false for keys and signatures of any other length", () => {
    for (const [key, signature] of [
      [0, 2420],
      [1312, 0],
      [1313, 2420],
      [1312, 2421],
      [1312, 2420],
    ] as const) {
      const verified = verifyMlDsa44(new Uint8Array(key), utf8("m"), new Uint8Array(signature));
      expect(verified).toBe(false);
    }
  });
});
