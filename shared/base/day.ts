import type { Instant } from "./instant.ts";
import { Malformed } from "./malformed.ts";

/** A civil date as days since 1970-01-01 (proleptic Gregorian). No time zone enters: a pack names its own. */
export type Day = bigint;

const msPerDay = 86_400_000;

/** Days since 1970-01-01 of "YYYY-MM-DD"; a date that does not exist is Malformed. Years 1800–2999. */
export function parseDay(text: string, where: string): Day {
  const match = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text);
  if (!match) throw new Malformed(where, "is not a date written YYYY-MM-DD");
  const ms = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
  if (Number(match[1]) < 1800 || Number(match[1]) > 2999)
    throw new Malformed(where, "is outside 1800 to 2999");
  if (new Date(ms).toISOString().slice(0, 10) !== text)
    throw new Malformed(where, "is a date that does not exist");
  return BigInt(ms / msPerDay);
}

/** The UTC day of `at`, in µs since 1970. */
export const dayOf = (at: Instant): Day => at / 86_400_000_000n;

/** "YYYY-MM-DD" of `day`. */
export const formatDay = (day: Day): string =>
  new Date(Number(day) * msPerDay).toISOString().slice(0, 10);
