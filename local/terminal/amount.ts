import { type Currency, formatAmount } from "../../shared/base/money.ts";

/** `value` with thousands separators: 14624 → "14,624". */
export const grouped = (value: bigint | number): string => group(value.toString());

/** `minor` units for a reader: 1462437975n USD → "14,624,379.75 USD". */
export const readableAmount = (minor: bigint, currency: Currency): string =>
  `${group(formatAmount(minor, currency))} ${currency}`;

function group(decimal: string): string {
  const [whole = "", ...fraction] = decimal.split(".");
  return [whole.replace(/\B(?=(\d{3})+$)/g, ","), ...fraction].join(".");
}
