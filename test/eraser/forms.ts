import assert from "node:assert";
import { createHash } from "node:crypto";
import { canonicalText, type Json } from "../../shared/base/canonical.ts";

/** Shorter forms stand in megabytes of ciphertext, hashes and base64 by chance: eight letters of base64 are 48 bits. */
const leastBytes = 8;
/** Digits stand in hex and in times too, where a letter is four bits. */
const leastDigits = 12;

/**
 * Every way a value may stand somewhere: itself, as JSON, base64 at each of three offsets, hex, and its SHA-256. A few digits are searched only in quotes,
 * as JSON has them, in hex and in base64. No form is short enough to be found where the value is not.
 */
export function formsOf(value: Json): Buffer[] {
  const texts = [typeof value === "string" ? value : canonicalText(value), canonicalText(value)];
  const forms = texts.flatMap((text) => {
    const plain = Buffer.from(text);
    const digest = createHash("sha256").update(plain).digest();
    const hex = [plain, digest].map((bytes) => Buffer.from(bytes.toString("hex")));
    const whole = [digest, Buffer.from(digest.toString("base64")), ...hex];
    return [...(fewDigits(text) ? [] : [plain]), ...whole, ...[0, 1, 2].map(base64At(plain))];
  });
  for (const form of forms) {
    assert(form.length >= leastBytes, `${form.length} bytes are found by chance`);
  }
  return forms;
}

const fewDigits = (text: string): boolean => text.length < leastDigits && /^[0-9a-f]+$/i.test(text);

/** What base64 makes of `plain` behind `before` bytes of others, without the letters that depend on its neighbours. */
const base64At =
  (plain: Buffer) =>
  (before: number): Buffer => {
    const whole = Buffer.concat([Buffer.alloc(before), plain]);
    const own = [Math.ceil((before * 4) / 3), Math.floor((whole.length * 4) / 3)];
    return Buffer.from(whole.toString("base64").slice(...own));
  };
