import type { Explained } from "./decision.ts";
import { reasonSentence } from "./reasons.ts";
import { row, sayMoney, wrap } from "./say.ts";

/** From what was claimed to what is paid, one reduction at a time, each with its reason and clause. */
export function sums(decision: Explained, claimedMinor: bigint): string[] {
  const { award, reductions } = decision;
  const money = (minor: bigint): string => sayMoney({ minor, currency: award.currency });
  const lines = [row("claimed", money(claimedMinor))];
  let left = claimedMinor;
  for (const { reasonCode, amount, citation } of reductions) {
    left -= amount.minor;
    const sentence = reasonSentence(reasonCode);
    const cited = citation ? `${citation.clause}: "${citation.text}"` : "no clause is cited";
    lines.push(row(`less, for ${reasonCode}`, `- ${money(amount.minor)}`));
    lines.push(wrap("      ", sentence ? `${sentence} ${cited}` : cited));
    lines.push(row("leaves", money(left)));
  }
  const { fund } = decision.pack ?? {};
  return [...lines, row(fund ? `paid, from the fund "${fund}"` : "paid", money(award.minor))];
}
