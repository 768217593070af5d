import { toHex, utf8 } from "../../shared/base/bytes.ts";
import { canonicalBytes } from "../../shared/base/canonical.ts";
import type { Money } from "../../shared/base/codec.ts";
import { type Handle, parseHandle } from "../../shared/base/handle.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { formatAmount, maxMinor } from "../../shared/base/money.ts";
import { sha256 } from "../../shared/base/sha256.ts";

/** One payment of a released file. */
export interface Transfer {
  readonly payout: Handle;
  readonly amount: Money;
  readonly account: string;
}

/** What the bank says about one payment. */
export interface TransferReport {
  readonly payout: Handle;
  readonly report: "settled" | "rejected";
  /** The bank's own number of the payment: the same for the same payment of the same file. */
  readonly reference: string;
}

/** The bank's answer to a file: the file's hash and one report per payment, in the file's order. */
export interface FileReport {
  readonly file: string;
  readonly reports: readonly TransferReport[];
}

/** A bank that takes payment files. */
export interface Bank {
  /**
   * Pays `transfers` once: the same file again gets the same answer and moves nothing. A payout that an earlier file already settled is
   * rejected. Throws Malformed, paying nothing, when a payment can't be read or a payout is in the file twice.
   */
  readonly deliver: (transfers: readonly Transfer[]) => FileReport;
}

/** Lower-case hex SHA-256 of a file's RFC 8785 text: the name a payment file has everywhere. */
export function fileHash(transfers: readonly Transfer[]): string {
  const lines = transfers.map(({ payout, amount, account }) => ({
    payout,
    amount: formatAmount(amount.minor, amount.currency),
    currency: amount.currency,
    account,
  }));
  return toHex(sha256(canonicalBytes(lines)));
}

/** A stand-in that settles every payment at once. Its memory ends with the process; its references do not depend on it. */
export function friendlyBank(): Bank {
  const answers = new Map<string, FileReport>();
  const settled = new Set<Handle>();
  return {
    deliver(transfers) {
      requireTransfers(transfers);
      const file = fileHash(transfers);
      const answer = answers.get(file) ?? {
        file,
        reports: transfers.map(({ payout }) => ({
          payout,
          report: settled.has(payout) ? ("rejected" as const) : ("settled" as const),
          reference: referenceOf(file, payout),
        })),
      };
      for (const { payout } of transfers) settled.add(payout);
      answers.set(file, answer);
      return answer;
    },
  };
}

const referenceOf = (file: string, payout: Handle): string =>
  `BANK${toHex(sha256(utf8(`${file}/${payout}`)))
    .slice(0, 24)
    .toUpperCase()}`;

function requireTransfers(transfers: readonly Transfer[]): void {
  const payouts = new Set<Handle>();
  transfers.forEach(({ payout, amount, account }, index) => {
    const where = `payment ${index + 1}`;
    parseHandle(payout, where);
    if (payouts.has(payout)) throw new Malformed(where, "repeats a payout of this file");
    payouts.add(payout);
    if (amount.minor <= 0n || amount.minor > maxMinor) {
      throw new Malformed(where, "has an amount that can't be paid");
    }
    if (!/^[A-Z0-9]{5,34}$/.test(account)) throw new Malformed(where, "names no account");
  });
}
