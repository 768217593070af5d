import type { Decimal, Timestamp } from "ion-js";
import { fromHex } from "../base/bytes.ts";

/** The body of a decimal in Ion binary (Ion 1.0 binary encoding, 5: Decimal): a VarInt exponent and an Int coefficient, which is left out where it is 0; nothing for 0d0. */
export function decimalBody(value: Decimal): Uint8Array {
  const [exponent, coefficient] = [value.getExponent(), value.getCoefficient()];
  const negative = value.isNegative();
  const isPositiveZero = coefficient === 0n && !negative;
  if (isPositiveZero && Object.is(exponent, 0)) return new Uint8Array(0);
  const kept = isPositiveZero ? [] : signedInt(coefficient, negative);
  return Uint8Array.from([...varInt(exponent), ...kept]);
}

/** Precisions of ion-js: everything from this one on is written. */
const precision = { month: 2, day: 3, minute: 4, second: 5 };

/** The body of a timestamp in Ion binary (Ion 1.0 binary encoding, 6: Timestamp): offset, then the parts in UTC as far as it is precise. */
export function timestampBody(value: Timestamp): Uint8Array {
  const precise = value.getPrecision();
  const date = value.getDate();
  const bytes = [...varInt(value.getLocalOffset()), ...varUInt(date.getUTCFullYear())];
  if (precise >= precision.month) bytes.push(...varUInt(date.getUTCMonth() + 1));
  if (precise >= precision.day) bytes.push(...varUInt(date.getUTCDate()));
  if (precise >= precision.minute) {
    bytes.push(...varUInt(date.getUTCHours()), ...varUInt(date.getUTCMinutes()));
  }
  if (precise >= precision.second)
    bytes.push(...varUInt(value.getSecondsInt()), ...fraction(value));
  return Uint8Array.from(bytes);
}

/** Of 5.360 seconds the .360: exponent -3, coefficient 360. */
function fraction(value: Timestamp): number[] {
  const seconds = value.getSecondsDecimal();
  const exponent = seconds.getExponent();
  if (exponent >= 0) return [];
  const coefficient = seconds.getCoefficient() % 10n ** BigInt(-exponent);
  return [...varInt(exponent), ...(coefficient === 0n ? [] : signedInt(coefficient, false))];
}

/** Seven bits a byte, most significant first; the last byte has the high bit set. */
function varUInt(value: number): number[] {
  const bytes = [(value & 0x7f) | 0x80];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift(rest & 0x7f);
  return bytes;
}

/** The same, with a sign in the second bit of the first byte: -0, an offset nobody knows, is another than 0. */
function varInt(value: number): number[] {
  const magnitude = Math.abs(value);
  const bytes = [magnitude & 0x7f];
  for (let rest = magnitude >>> 7; rest > 0; rest >>>= 7) bytes.unshift(rest & 0x7f);
  if (((bytes[0] ?? 0) & 0x40) !== 0) bytes.unshift(0);
  if (value < 0 || Object.is(value, -0)) bytes[0] = (bytes[0] ?? 0) | 0x40;
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 0x80;
  return bytes;
}

/** Sign and magnitude, most significant byte first; the sign is the high bit of the first byte. */
function signedInt(value: bigint, negative: boolean): number[] {
  const digits = (value < 0n ? -value : value).toString(16);
  const bytes = [...fromHex(digits.length % 2 === 0 ? digits : `0${digits}`)];
  if (((bytes[0] ?? 0) & 0x80) !== 0) bytes.unshift(0);
  if (negative) bytes[0] = (bytes[0] ?? 0) | 0x80;
  return bytes;
}
