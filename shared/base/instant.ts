import { Malformed } from "./malformed.ts";

/** Microseconds since 1970-01-01T00:00:00Z. Time is an argument everywhere: nothing in shared/ reads a clock. */
export type Instant = bigint;

/** The latest of some; 0 of none. */
export function newest(instants: readonly Instant[]): Instant {
  let most = 0n;
  for (const instant of instants) if (instant > most) most = instant;
  return most;
}

/** RFC 3339 UTC with six decimals: the exact `now` a decision seals. */
export function formatInstant(at: Instant): string {
  const ms = at / 1000n;
  const micros = (at % 1000n).toString().padStart(3, "0");
  return `${new Date(Number(ms)).toISOString().slice(0, -1)}${micros}Z`;
}

/** Reads exactly what {@link formatInstant} writes. */
export function parseInstant(text: string, where: string): Instant {
  const match = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3})(\d{3})Z$/.exec(text);
  const ms = match ? Date.parse(`${match[1]}Z`) : Number.NaN;
  if (Number.isNaN(ms)) throw new Malformed(where, "is not an RFC 3339 UTC time with six decimals");
  const at = BigInt(ms) * 1000n + BigInt(match?.[2] ?? 0);
  if (formatInstant(at) !== text) throw new Malformed(where, "is a time that does not exist");
  return at;
}

/** RFC 3339 UTC to the minute: all the time a leaf shows. */
export const formatMinute = (at: Instant): string =>
  `${new Date(Number(at / 1000n)).toISOString().slice(0, 16)}Z`;

/** When a record of this minute ("2026-03-04T12:00Z") was made, at the earliest. */
export const minuteStart = (time: string): Instant => BigInt(Date.parse(time)) * 1000n;

/** The last second of the year 9999, as far as RFC 3339 goes. */
const lastSecond = 253_402_300_799n;

/** RFC 3339 UTC of `seconds` since 1970, to the second; beyond the year 9999 the number itself, for a signer may state anything. */
export const formatSeconds = (seconds: bigint): string =>
  seconds > lastSecond
    ? `second ${seconds} since 1970`
    : `${new Date(Number(seconds) * 1_000).toISOString().slice(0, 19)}Z`;
