import { Malformed } from "../base/malformed.ts";

/** The largest tree size, index or time we read or write: a signed 64-bit integer holds it. */
export const maxDecimal = 2n ** 63n - 1n;

/** Reads ASCII decimal digits without sign or leading zero, 0 to 2⁶³ − 1; anything else is Malformed. */
export function parseDecimal(text: string, where: string): bigint {
  if (!/^(?:0|[1-9][0-9]{0,18})$/.test(text)) {
    throw new Malformed(where, "is not a decimal number without leading zeros");
  }
  const value = BigInt(text);
  if (value > maxDecimal) throw new Malformed(where, "is above 2^63 - 1");
  return value;
}
