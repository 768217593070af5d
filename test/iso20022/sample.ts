import fc from "fast-check";
import type { BankParty } from "../../shared/base/bank-party.ts";
import type { Money } from "../../shared/base/codec.ts";
import { type Currency, minorDigits } from "../../shared/base/money.ts";
import type { Payment } from "../../shared/iso20022/payment.ts";
import type { PaymentFile } from "../../shared/iso20022/payment-file.ts";

/** The IBAN registry's own examples: four in SEPA, one outside. */
export const ibans = [
  "DE89370400440532013000",
  "NL91ABNA0417164300",
  "FR1420041010050500013M02606",
  "GB29NWBK60161331926819",
] as const;
export const ibanOutsideSepa = "SA0380000000608010167519";

export const handle = (digit: string): string => digit.repeat(32);
export const eur = (minor: bigint): Money => ({ minor, currency: "EUR" });

export const payer: BankParty = {
  name: "Countersign Mutual AG",
  account: ibans[0],
  bic: "COBADEFFXXX",
};

export const payment = (digit: string, changes: Partial<Payment> = {}): Payment => ({
  payout: handle(digit),
  amount: eur(12_345n),
  payee: { name: "Jane Doe", account: ibans[1] },
  day: 20_418n,
  ...changes,
});

export const fileOf = (...payments: readonly Payment[]): PaymentFile => ({
  file: handle("f"),
  createdAt: 1_764_115_200_000_000n,
  payer,
  payments,
});

export const currencies = Object.keys(minorDigits) as Currency[];

const names = fc.oneof(
  fc.constantFrom(
    "Jürgen Müller",
    "张伟",
    "Ελένη <& Co>",
    'O\'Brien "Pat"',
    "Đặng Thị Hoa",
    "/ / /",
  ),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 90 }).filter((name) => /\S/.test(name)),
);
const accounts = fc.constantFrom(...ibans, ibanOutsideSepa, "SIM000000001", "0123456789");
const parties = fc.record(
  { name: names, account: accounts, bic: fc.constantFrom("ABNANL2A", "COBADEFFXXX") },
  { requiredKeys: ["name", "account"] },
);

/** Files of 1 to 100 payments in any currency, to any account, named in any script. Amounts up to 12 digits, so that 100 of them have a control sum. */
export const paymentFiles = fc
  .record({
    payer: fc.constantFrom<BankParty>(payer, { name: "保险公司", account: "6222020200112233445" }),
    payments: fc.array(
      fc.record(
        {
          amount: fc.record({
            minor: fc.bigInt({ min: 1n, max: 10n ** 12n - 1n }),
            currency: fc.constantFrom(...currencies),
          }),
          payee: parties,
          day: fc.bigInt({ min: 20_400n, max: 20_402n }),
          remittance: fc.constantFrom("Claim 46dc4db4", "理赔 46dc4db4"),
        },
        { requiredKeys: ["amount", "payee", "day"] },
      ),
      { minLength: 1, maxLength: 100 },
    ),
  })
  .map(
    ({ payer, payments }): PaymentFile => ({
      file: handle("f"),
      createdAt: 1_764_115_200_000_000n,
      payer,
      payments: payments.map((each, at) => ({
        ...each,
        payout: at.toString(16).padStart(32, "0"),
      })),
    }),
  );

/** One PmtInf as somebody reads it who knows only the text of the file. */
export interface ReadGroup {
  readonly id: string;
  readonly count: number;
  readonly sum: string;
  readonly text: string;
  readonly amounts: readonly { readonly currency: string; readonly decimal: string }[];
}

const inside = (text: string, name: string): string[] =>
  [...text.matchAll(new RegExp(`<${name}>([\\s\\S]*?)</${name}>`, "g"))].map(
    ([, inner = ""]) => inner,
  );
const first = (text: string, name: string): string => inside(text, name)[0] ?? "";

/** A payment file read with regular expressions: nothing of what wrote it is used. */
export function readPaymentFile(bytes: Uint8Array) {
  const text = new TextDecoder().decode(bytes);
  const header = first(text, "GrpHdr");
  const groups = inside(text, "PmtInf").map(
    (group): ReadGroup => ({
      id: first(group, "PmtInfId"),
      count: Number(first(group, "NbOfTxs")),
      sum: first(group, "CtrlSum"),
      text: group,
      amounts: [...group.matchAll(/<InstdAmt Ccy="([A-Z]{3})">([0-9.]+)</g)].map(
        ([, currency = "", decimal = ""]) => ({ currency, decimal }),
      ),
    }),
  );
  return {
    text,
    messageId: first(header, "MsgId"),
    count: Number(first(header, "NbOfTxs")),
    sum: first(header, "CtrlSum"),
    endToEndIds: inside(text, "EndToEndId"),
    groups,
  };
}

/** A decimal text as thousandths: enough for every currency here. */
export function thousandths(decimal: string): bigint {
  const [whole = "", fraction = ""] = decimal.split(".");
  return BigInt(whole + fraction.padEnd(3, "0"));
}
