import { Malformed } from "./malformed.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The UTF-8 bytes of `text`. */
export const utf8 = (text: string): Uint8Array => encoder.encode(text);

/** The text of UTF-8 `bytes`; throws Malformed on any other bytes. */
export function fromUtf8(bytes: Uint8Array, where = "text"): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new Malformed(where, "is not UTF-8");
  }
}

/** All `parts` in one array. */
export function concat(...parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Whether `a` and `b` are the same bytes. Not constant-time: for public values only. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

const hexOf = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Lower-case hexadecimal of `bytes`. */
export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += hexOf[byte];
  return text;
}

/** Reads exactly what {@link toHex} writes. */
export function fromHex(text: string, where = "hex"): Uint8Array {
  if (!/^(?:[0-9a-f]{2})*$/.test(text)) throw new Malformed(where, "is not lower-case hexadecimal");
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++)
    bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/** RFC 4648 §4 base64 with padding. */
export function toBase64(bytes: Uint8Array): string {
  const codes = new Uint8Array(Math.ceil(bytes.length / 3) * 4).fill(padCode);
  let at = 0;
  for (let i = 0; i < bytes.length; i += 3) {
    const bits = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const digits = Math.min(bytes.length - i, 3) + 1;
    for (let digit = 0; digit < digits; digit++) {
      codes[at + digit] = codeOf[(bits >> (18 - 6 * digit)) & 63] ?? 0;
    }
    at += 4;
  }
  return fromUtf8(codes);
}

/** Reads exactly what {@link toBase64} writes: standard alphabet, padding, zero trailing bits. */
export function fromBase64(text: string, where = "base64"): Uint8Array {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  if (text.length % 4 !== 0) throw new Malformed(where, "is not base64");
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  const digits = text.length - padding;
  let last = 0;
  for (let [i, at] = [0, 0]; i < text.length; i += 4, at += 3) {
    let bits = 0;
    for (let place = 0; place < 4; place++) {
      const digit = i + place < digits ? (digitOf[text.charCodeAt(i + place)] ?? -1) : 0;
      bits = (bits << 6) | digit;
      if (digit < 0) throw new Malformed(where, "is not base64");
    }
    bytes[at] = bits >> 16;
    bytes[at + 1] = bits >> 8;
    bytes[at + 2] = bits;
    last = bits;
  }
  const beyond = (1 << (8 * padding)) - 1;
  if ((last & beyond) !== 0) throw new Malformed(where, "is not canonical base64");
  return bytes;
}

/** RFC 4648 §4. */
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const codeOf = Uint8Array.from(alphabet, (character) => character.charCodeAt(0));
const digitOf = new Int8Array(128).fill(-1);
codeOf.forEach((code, digit) => {
  digitOf[code] = digit;
});
const padCode = 61;
