import { countrySpecs, isValidBIC, validateIBAN } from "ibantools";
import type { BankParty } from "../base/bank-party.ts";
import { Malformed } from "../base/malformed.ts";

/** Where money goes to or comes from: an IBAN (ISO 13616), or a number only the bank and its customer know. */
export type Account = { readonly iban: string } | { readonly other: string };

/**
 * The kind of an account number as it is written into a file. An IBAN is two letters, two digits, 11 to 30 letters or digits, and gives 1
 * modulo 97 (ISO 13616-1 §7, ISO 7064 MOD 97-10); anything else is the bank's own number. It reads no list, so it says the same of a number
 * for ever, and a file can be made again.
 */
export function accountOf(text: string): Account {
  return /^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$/.test(text) && modulo97(text) === 1
    ? { iban: text }
    : { other: text };
}

function modulo97(iban: string): number {
  let rest = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value < 10 ? 10 : 100) + value) % 97;
  }
  return rest;
}

/**
 * An account number at the door: 5 to 34 capitals and digits, no spaces. One that begins as the IBAN of a country with IBANs must be one, with
 * that country's length, format and check digits; a QR-IBAN needs a reference no payout has and is refused. Others are the bank's own numbers.
 */
export function parseAccount(text: string, where: string): Account {
  if (!/^[A-Z0-9]{5,34}$/.test(text)) {
    throw new Malformed(where, "is not an account number of 5 to 34 capitals and digits");
  }
  const account = accountOf(text);
  const country = /^([A-Z]{2})[0-9]{2}/.exec(text)?.[1];
  const meant = country !== undefined && countrySpecs[country]?.IBANRegistry === true;
  if (("iban" in account || meant) && !validateIBAN(text, { allowQRIBAN: false }).valid) {
    throw new Malformed(where, "is not a valid IBAN");
  }
  return account;
}

/** A bank's BIC (ISO 9362): 8 or 11 characters, of a country there is. */
export function parseBic(text: string, where: string): string {
  if (!/^[A-Z0-9]{8}(?:[A-Z0-9]{3})?$/.test(text) || !isValidBIC(text)) {
    throw new Malformed(where, "is not a BIC");
  }
  return text;
}

/** A party at the door: its account as {@link parseAccount} reads it, its BIC, where there is one, as {@link parseBic} does. */
export function parseParty({ account, bic }: BankParty, where: string): void {
  parseAccount(account, `${where}/account`);
  if (bic !== undefined) parseBic(bic, `${where}/bic`);
}

/**
 * Countries whose IBANs are in the SEPA schemes (EPC409-09): the EEA, then those outside it. A closed list of our own, for it decides bytes of
 * a file. Countries that joined after 2023 are not in it: euros go there as a plain transfer.
 */
const sepaCountries: ReadonlySet<string> = new Set(
  (
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK " +
    "AD CH GB GI MC SM VA"
  ).split(" "),
);

/** Whether a SEPA credit transfer can reach or leave `account`. */
export const inSepa = (account: Account): boolean =>
  "iban" in account && sepaCountries.has(account.iban.slice(0, 2));
