import { type CelFunc, CelScalar, celFunc } from "@bufbuild/cel";
import { greatest, least } from "../base/least.ts";
import { assert } from "../base/malformed.ts";
import { mulDiv, type Rounding, roundings } from "../base/rounding.ts";

const { BOOL, INT, STRING } = CelScalar;

const int64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

/** Whether a pack's integers can be `value`. */
export const isInt64 = (value: bigint): boolean => value >= int64.min && value <= int64.max;

/** Whether `text` names a rounding: the checker lets no other literal through. */
export const isRounding = (text: string): text is Rounding =>
  (roundings as readonly string[]).includes(text);

function rounded(a: bigint, b: bigint, c: bigint, rounding: string): bigint {
  assert(isRounding(rounding), "a checked expression names its rounding");
  const result = mulDiv(a, b, c, rounding);
  if (result === undefined || !isInt64(result)) throw new Error("no such integer of 64 bits");
  return result;
}

/**
 * Less than zero, zero or more as `a` stands before, at or after `b` by Unicode code points, which is the order of their UTF-8 bytes (CEL
 * specification, "Ordering"). JavaScript's own order is by UTF-16 units, where U+10000 stands before U+FFFD.
 */
export function compareTexts(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const [left, right] = [a.charCodeAt(index), b.charCodeAt(index)];
    if (left !== right) return weight(left) - weight(right);
  }
  return a.length - b.length;
}

/** Surrogates, which only code points above U+FFFF have, weigh more than any other unit. */
const weight = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);

const order = (name: string, holds: (sign: number) => boolean): CelFunc =>
  celFunc(name, [STRING, STRING], BOOL, (a, b) => holds(compareTexts(a, b)));

/** What a pack's language has beside CEL's own operators, and the order of texts as CEL defines it: docs/spec/expression-language.md. */
export const functions: CelFunc[] = [
  celFunc("mulDiv", [INT, INT, INT, STRING], INT, rounded),
  celFunc("least", [INT, INT], INT, least),
  celFunc("greatest", [INT, INT], INT, greatest),
  order("_<_", (sign) => sign < 0),
  order("_<=_", (sign) => sign <= 0),
  order("_>_", (sign) => sign > 0),
  order("_>=_", (sign) => sign >= 0),
];
