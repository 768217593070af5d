import { expect, test } from "@jest/globals";
import { toHex, utf8 } from "../../shared/base/bytes.ts";
import { hmacSha256, sameCode } from "../../shared/base/hmac.ts";

test("HMAC-SHA-256 gives the known answer of RFC 4231 §4.3 (test case 2)", () => {
  expect(toHex(hmacSha256(utf8("Jefe"), utf8("what do ya want for nothing?")))).toBe(
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  );
});

test("codes are the same only byte by byte", () => {
  const code = new Uint8Array([1, 2, 3]);
  expect(sameCode(code, new Uint8Array([1, 2, 3]))).toBe(true);
  for (const other of [
    [1, 2],
    [1, 2, 4],
    [0, 2, 3],
    [1, 2, 3, 0],
  ]) {
    expect(sameCode(code, new Uint8Array(other))).toBe(false);
  }
});
