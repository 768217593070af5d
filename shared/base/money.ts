import { Malformed } from "./malformed.ts";

/** ISO 4217 alphabetic codes this platform pays in, with the digits of their minor unit. */
export const minorDigits = { CNY: 2, EUR: 2, GBP: 2, JPY: 0, KWD: 3, USD: 2 } as const;
export type Currency = keyof typeof minorDigits;

export const isCurrency = (code: string): code is Currency => Object.hasOwn(minorDigits, code);

/** Eighteen digits: every amount fits a signed 64-bit integer (CEL int, SQL bigint). */
export const maxMinor = 999_999_999_999_999_999n;

/**
 * Minor units of a decimal text in `currency`: "272.80" USD → 27280n. At most 18 digits, at most the currency's own
 * decimals, no sign, no exponent, no leading zero.
 */
export function parseAmount(text: string, currency: Currency, where: string): bigint {
  const digits = minorDigits[currency];
  const match = /^(0|[1-9][0-9]*)(?:\.([0-9]+))?$/.exec(text);
  if (!match) throw new Malformed(where, "is not a decimal amount");
  const [, whole = "", fraction = ""] = match;
  if (fraction.length > digits) {
    throw new Malformed(where, `has more than ${digits} decimals, the most ${currency} has`);
  }
  const minor = BigInt(whole + fraction.padEnd(digits, "0"));
  if (minor > maxMinor) throw new Malformed(where, "has more than 18 digits");
  return minor;
}

/** Decimal text of non-negative `minor` units with all the currency's decimals: 27280n USD → "272.80". */
export function formatAmount(minor: bigint, currency: Currency): string {
  const digits = minorDigits[currency];
  const sign = minor < 0n ? "-" : "";
  const text = (minor < 0n ? -minor : minor).toString().padStart(digits + 1, "0");
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
