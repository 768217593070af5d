import * as z from "zod";
import { parseDay } from "../base/day.ts";
import { Malformed } from "../base/malformed.ts";

/** Non-empty well-formed text of at most `maxLength` UTF-16 units. */
export const text = (maxLength: number) =>
  z
    .string()
    .min(1)
    .max(maxLength)
    .refine((value) => value.isWellFormed(), "is not well-formed Unicode");

export const maxExpressionLength = 1_000;

/** A CEL expression, not yet read. */
export const expression = text(maxExpressionLength);

/** A safe integer: what RFC 8785 writes without loss. */
export const integer = z.int().refine((value) => !Object.is(value, -0), "is a negative zero");

/** A date that exists, written YYYY-MM-DD. */
export const date = z.string().refine(isDate, "is not a date that exists, written YYYY-MM-DD");

/** The name of a pack or rule. */
export const id = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, "is not a short lower-case name");

/** A reason code, the engine's or a pack's. */
export const reasonCode = z.string().regex(/^[A-Z][A-Z0-9_]{1,39}$/, "is not an upper-case code");

/**
 * A value read by the schema that `choose` picks for its shape, so that what is wrong in it is said by field, where a union would only say
 * that no member fits.
 */
export const byShape = <Output>(choose: (value: unknown) => z.ZodType<Output, unknown>) =>
  z.unknown().transform((value, context): Output => {
    const read = choose(value).safeParse(value);
    if (read.success) return read.data;
    context.issues.push(...(read.error.issues as z.core.$ZodRawIssue[]));
    return z.NEVER;
  });

function isDate(value: string): boolean {
  try {
    parseDay(value, "date");
    return true;
  } catch (error) {
    if (error instanceof Malformed) return false;
    throw error;
  }
}
