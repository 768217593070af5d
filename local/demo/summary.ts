import { type Currency, formatAmount } from "../../shared/base/money.ts";
import type { Verdict } from "../audit/verdict.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import { grouped } from "../terminal/amount.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { Paid } from "./pay.ts";
import type { WalkedClaim } from "./walk.ts";

/** The demo's result, with the JSON keys of `demo --json`. */
export interface Summary {
  readonly claims: number;
  readonly claimed: string;
  readonly approved: {
    readonly count: number;
    readonly amount: string;
    readonly inFull: number;
    readonly inPart: number;
    readonly atZero: number;
  };
  readonly denied: { readonly count: number; readonly reasons: Readonly<Record<string, number>> };
  readonly payouts: { readonly count: number; readonly settled: string };
  /** Differences between ledger, payment files and bank that the bank made on purpose, and those that were found. */
  readonly breaks: Paid["breaks"];
  readonly rejectedRows: number;
  readonly transactions: number;
  readonly logs: Verdict["logs"];
  readonly audit: Omit<Verdict, "logs" | "findings">;
  readonly seconds: number;
}

const claimedMinor = ({ portfolio }: WalkedClaim): bigint =>
  portfolio.submission.lines.reduce((sum, line) => sum + line.claimed.minor, 0n);

/** Adds up what became of the portfolio; sums are exact, in the portfolio's one currency. */
export function summarise(
  portfolio: Portfolio,
  walked: readonly WalkedClaim[],
  paid: Paid,
  transactions: number,
  verdict: Verdict,
  seconds: number,
): Summary {
  const currency = currencyOf(portfolio);
  const approved = walked.filter(({ outcome }) => outcome === "PAY" || outcome === "PAY_PART");
  const denied = walked.filter(({ outcome }) => outcome === "DENY");
  const amount = (minor: bigint): string => formatAmount(minor, currency);
  const sum = (items: readonly WalkedClaim[], of: (item: WalkedClaim) => bigint): bigint =>
    items.reduce((total, item) => total + of(item), 0n);
  const zero = approved.filter(({ awardMinor }) => awardMinor === 0n);
  const full = approved.filter(
    (item) => item.awardMinor > 0n && item.awardMinor === claimedMinor(item),
  );
  const reasons: Record<string, number> = {};
  for (const { reasonCode } of denied) reasons[reasonCode] = (reasons[reasonCode] ?? 0) + 1;
  const { findings: _, logs, ...audit } = verdict;
  return {
    claims: walked.length,
    claimed: amount(sum(walked, claimedMinor)),
    approved: {
      count: approved.length,
      amount: amount(sum(approved, ({ awardMinor }) => awardMinor)),
      inFull: full.length,
      inPart: approved.length - full.length - zero.length,
      atZero: zero.length,
    },
    denied: { count: denied.length, reasons },
    payouts: { count: paid.count, settled: amount(paid.settledMinor) },
    breaks: paid.breaks,
    rejectedRows: portfolio.rejected.length,
    transactions,
    logs,
    audit,
    seconds,
  };
}

/** The portfolio's currency: all its insurers share one. */
export function currencyOf({ insurers }: Portfolio): Currency {
  const currencies = new Set(insurers.map(({ currency }) => currency));
  const [currency = "USD"] = currencies;
  if (currencies.size > 1) throw new Error("bug: a portfolio has one currency");
  return currency;
}

/** Shows the result as a table. */
export function show(terminal: Terminal, summary: Summary, currency: Currency): void {
  const money = (text: string): string => {
    const [whole = "", fraction] = text.split(".");
    return `${grouped(BigInt(whole))}${fraction ? `.${fraction}` : ""} ${currency}`;
  };
  const { approved, denied, payouts, breaks, audit } = summary;
  const reasons = Object.entries(denied.reasons).map(
    ([reason, count]) => [`  ${reason}`, grouped(count), ""] as const,
  );
  terminal.table(
    [
      { heading: "portfolio", align: "left" },
      { heading: "count", align: "right" },
      { heading: "amount", align: "right" },
    ],
    [
      ["claims", grouped(summary.claims), money(summary.claimed)],
      ["approved", grouped(approved.count), money(approved.amount)],
      ["  in full", grouped(approved.inFull), ""],
      ["  in part", grouped(approved.inPart), ""],
      ["  at zero", grouped(approved.atZero), ""],
      ["denied (simulated adjuster)", grouped(denied.count), ""],
      ...reasons,
      ["payouts settled", grouped(payouts.count), money(payouts.settled)],
      [
        "breaks found/injected by the bank",
        `${grouped(breaks.found)}/${grouped(breaks.injected)}`,
        "",
      ],
      ["rows rejected", grouped(summary.rejectedRows), ""],
      ["transactions", grouped(summary.transactions), ""],
      ["ledger entries", grouped(audit.entries), ""],
      ["decisions re-executed", `${grouped(audit.reexecuted)}/${grouped(audit.decisions)}`, ""],
    ],
  );
  terminal.line();
  terminal.line(audit.ok ? "✓ the audit verified every entry" : "✗ the audit found something");
  terminal.line(`${summary.seconds} s`);
}
