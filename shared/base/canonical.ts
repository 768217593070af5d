import canonicalize from "canonicalize";
import { fromUtf8, utf8 } from "./bytes.ts";
import { Malformed } from "./malformed.ts";

/** What may be written: no undefined, no bigint, numbers only as safe integers. Amounts, sizes and ords are decimal strings. */
export type Json =
  | string
  | boolean
  | null
  | number
  | readonly Json[]
  | { readonly [key: string]: Json };

/**
 * RFC 8785 text of `value`. A value outside {@link Json} is a bug of the caller and throws. RFC 8785 is ECMAScript's own JSON text with keys in order
 * (its §3.2): where they lie in order already, JSON.stringify writes it, in a fraction of the time.
 */
export function canonicalText(value: Json): string {
  const inOrder = requireJson(value, "value", 0);
  return inOrder ? JSON.stringify(value) : (canonicalize(value) as string);
}

/** RFC 8785 UTF-8 bytes of `value`. */
export const canonicalBytes = (value: Json): Uint8Array => utf8(canonicalText(value));

/** Reads exactly what {@link canonicalBytes} writes; throws Malformed on any other spelling. */
export function parseCanonical(bytes: Uint8Array, where: string): Json {
  const text = fromUtf8(bytes, where);
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw new Malformed(where, "is not JSON");
  }
  if (canonicalText(value) !== text) throw new Malformed(where, "is not RFC 8785 canonical JSON");
  return value;
}

const maxDepth = 32;

/** Throws Malformed on what is no {@link Json}. Whether every object's keys are enumerated in RFC 8785's order, by UTF-16 units. */
function requireJson(value: unknown, where: string, depth: number): boolean {
  if (depth > maxDepth) throw new Malformed(where, `is nested deeper than ${maxDepth}`);
  if (value === null || typeof value === "boolean") return true;
  if (typeof value === "string") {
    if (!value.isWellFormed()) throw new Malformed(where, "has a lone surrogate");
    return true;
  }
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
      throw new Malformed(where, "is a number that is not a safe integer");
    }
    return true;
  }
  let inOrder = true;
  if (Array.isArray(value)) {
    for (const item of value) inOrder = requireJson(item, where, depth + 1) && inOrder;
    return inOrder;
  }
  if (typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
    let before = "";
    for (const key in value) {
      if (!key.isWellFormed()) throw new Malformed(where, "has a lone surrogate");
      if (before > key) inOrder = false;
      before = key;
      const item = (value as Record<string, unknown>)[key];
      inOrder = requireJson(item, key, depth + 1) && inOrder;
    }
    return inOrder;
  }
  throw new Malformed(where, `has no place in JSON (${typeof value})`);
}
