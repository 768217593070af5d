import { type Day, parseDay } from "../../../shared/base/day.ts";
import { type Instant, parseInstant } from "../../../shared/base/instant.ts";
import { Malformed } from "../../../shared/base/malformed.ts";
import { maxMinor } from "../../../shared/base/money.ts";

/** Cents of a decimal text `\d+(\.\d{1,2})?`; exact, never through a floating-point number. Throws Malformed. */
export function readCents(text: string, column: string): bigint {
  if (/^-\d+(\.\d+)?$/.test(text)) throw new Malformed(column, "is a negative amount");
  const match = /^(\d+)(?:\.(\d{1,2}))?$/.exec(text);
  if (!match) throw new Malformed(column, "is not an amount with at most two decimals");
  const [, whole = "", fraction = ""] = match;
  const cents = BigInt(whole + fraction.padEnd(2, "0"));
  if (cents > maxMinor) throw new Malformed(column, "has more than 18 digits");
  return cents;
}

/** A moment of the source: the instant and the UTC day it falls on. */
export interface Moment {
  readonly at: Instant;
  readonly day: Day;
}

/** Reads `YYYY-MM-DDTHH:MM:SSZ`; a moment that does not exist is Malformed. */
export function readMoment(text: string, column: string): Moment {
  const match = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}Z$/.exec(text);
  if (!match) throw new Malformed(column, "is not a time written YYYY-MM-DDTHH:MM:SSZ");
  const day = parseDay(match[1] ?? "", column);
  return { at: parseInstant(`${text.slice(0, -1)}.000000Z`, column), day };
}

/** Reads an identifier of the source: 1 to 64 letters, digits and hyphens. */
export function readId(text: string, column: string): string {
  if (!/^[A-Za-z0-9-]{1,64}$/.test(text)) throw new Malformed(column, "is not an identifier");
  return text;
}

/** Reads a SNOMED CT code (SCTID: 6 to 18 digits). */
export function readSnomed(text: string, column: string): string {
  if (!/^[1-9][0-9]{5,17}$/.test(text)) throw new Malformed(column, "is not a SNOMED CT code");
  return text;
}
