import { type Decimal, formatDecimal } from "./control-sum.ts";

/**
 * A count or a sum that a message states and its own content does not come to. The message as a whole can't be believed: nothing of it is to be
 * recorded before somebody asked the bank.
 */
export interface Discrepancy {
  readonly kind: "discrepancy";
  /** The element that states it. */
  readonly where: string;
  readonly of: "count" | "sum";
  readonly stated: string;
  readonly found: string;
}

/** The discrepancy between what an element states, if it does, and what was found. */
export function unless(
  where: string,
  of: "count" | "sum",
  stated: bigint | undefined,
  found: bigint,
): Discrepancy[] {
  if (stated === undefined || stated === found) return [];
  const say = (value: Decimal): string => (of === "sum" ? formatDecimal(value) : value.toString());
  return [{ kind: "discrepancy", where, of, stated: say(stated), found: say(found) }];
}
