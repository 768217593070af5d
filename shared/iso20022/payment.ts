import type { BankParty } from "../base/bank-party.ts";
import type { Money } from "../base/codec.ts";
import type { Day } from "../base/day.ts";
import type { Handle } from "../base/handle.ts";
import { Malformed } from "../base/malformed.ts";
import { maxMinor } from "../base/money.ts";
import { type Account, accountOf, inSepa } from "./account.ts";
import { endToEndIdOf } from "./identifiers.ts";
import { longestSepaName, longestText, plainText, sepaText } from "./message-text.ts";

/** One released payout: what is paid, to whom, on which day the bank is to execute it. */
export interface Payment {
  readonly payout: Handle;
  readonly amount: Money;
  readonly payee: BankParty;
  readonly day: Day;
  /** What the payee reads beside the amount: unstructured remittance information. */
  readonly remittance?: string;
}

/** A party as a file writes it. */
export interface WrittenParty {
  readonly name: string;
  readonly account: Account;
  readonly bic: string | undefined;
}

/** A payment as a file writes it. */
export interface WrittenPayment {
  readonly endToEndId: string;
  readonly scheme: Scheme;
  readonly amount: Money;
  readonly payee: WrittenParty;
  readonly day: Day;
  readonly remittance: string | undefined;
}

/** A SEPA credit transfer, or one on whatever terms the bank and its customer have. */
export type Scheme = "sepa" | "plain";

/** The most one SEPA credit transfer moves, in cents (EPC132-08 AT-T002). */
const mostCents = 99_999_999_999n;

/**
 * How a payment is written. It is a SEPA credit transfer if it is in euros, up to 999,999,999.99, between IBANs of SEPA countries, and the
 * names and the text can be spelled in the SEPA set.
 */
export function writtenPayment(payment: Payment, payer: BankParty, where: string): WrittenPayment {
  const { payout, amount, payee, day, remittance } = payment;
  if (amount.minor <= 0n || amount.minor > maxMinor) {
    throw new Malformed(where, "has an amount that can't be paid");
  }
  const inEuros = amount.currency === "EUR" && amount.minor <= mostCents;
  const spelled = remittance === undefined || sepaText(remittance, longestText) !== undefined;
  const scheme = inEuros && spelled && isSepaParty(payer) && isSepaParty(payee) ? "sepa" : "plain";
  const text = scheme === "sepa" ? sepaText : plainText;
  return {
    endToEndId: endToEndIdOf(payout),
    scheme,
    amount,
    payee: writtenParty(payee, scheme, `${where}/Cdtr`),
    day,
    remittance: remittance === undefined ? undefined : text(remittance, longestText),
  };
}

const isSepaParty = ({ name, account }: BankParty): boolean =>
  inSepa(accountOf(account)) && sepaText(name, longestSepaName) !== undefined;

/** How a party is written in a group of `scheme`. */
export function writtenParty(party: BankParty, scheme: Scheme, where: string): WrittenParty {
  const name =
    scheme === "sepa" ? sepaText(party.name, longestSepaName) : plainText(party.name, longestText);
  if (name === undefined) throw new Malformed(`${where}/Nm`, "is empty");
  return { name, account: accountOf(party.account), bic: party.bic };
}
