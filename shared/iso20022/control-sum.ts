import type { Money } from "../base/codec.ts";
import { Malformed } from "../base/malformed.ts";
import { minorDigits } from "../base/money.ts";

/** Most digits of an ISO 20022 DecimalNumber, which is the most we write, and most of them behind the point. */
const totalDigits = 18;
const fractionDigits = 17;
const one = 10n ** BigInt(fractionDigits);

/** An exact decimal as a count of 10⁻¹⁷, the finest a DecimalNumber can say. */
export type Decimal = bigint;

/**
 * The value of an xs:decimal without minus sign, exact: at most 17 digits behind the point, zeros that say nothing not counted. Before it as many as
 * somebody wrote: an amount no account holds is still a number, which can be added up and is nobody's payout.
 */
export function parseDecimal(text: string, where: string): Decimal {
  const match = /^\+?([0-9]*)(?:\.([0-9]*))?$/.exec(text.trim());
  const whole = (match?.[1] ?? "").replace(/^0+/, "");
  const fraction = (match?.[2] ?? "").replace(/0+$/, "");
  if (!match || !/[0-9]/.test(text)) throw new Malformed(where, "is not a decimal number");
  if (fraction.length > fractionDigits) {
    throw new Malformed(where, `has more than ${fractionDigits} digits behind the point`);
  }
  return BigInt(whole + fraction.padEnd(fractionDigits, "0"));
}

/** The shortest text of a decimal: "1250", "0.5", "-3". */
export function formatDecimal(decimal: Decimal): string {
  const size = decimal < 0n ? -decimal : decimal;
  const fraction = (size % one).toString().padStart(fractionDigits, "0").replace(/0+$/, "");
  return `${decimal < 0n ? "-" : ""}${size / one}${fraction === "" ? "" : `.${fraction}`}`;
}

/**
 * The control sum of amounts: the number they add up to whatever their currencies (ISO 20022 ControlSum), with the decimals of the currency that
 * has most: 2 for EUR, as the SEPA profile limits it; 3 where KWD is among them, of the 17 that ISO allows. Malformed beyond 18 digits.
 */
export function formatSum(amounts: readonly Money[]): string {
  const digits = Math.max(...amounts.map(({ currency }) => minorDigits[currency]));
  let sum = 0n;
  for (const { minor, currency } of amounts) {
    sum += minor * 10n ** BigInt(digits - minorDigits[currency]);
  }
  const text = sum.toString().padStart(digits + 1, "0");
  if (text.length > totalDigits)
    throw new Malformed("CtrlSum", `has more than ${totalDigits} digits`);
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
