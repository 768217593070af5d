import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { Malformed } from "../../shared/base/malformed.ts";
import { maxMinor, minorDigits } from "../../shared/base/money.ts";
import { endToEndIdOf, payoutOf } from "../../shared/iso20022/identifiers.ts";
import type { Payment } from "../../shared/iso20022/payment.ts";
import { formatPaymentFile } from "../../shared/iso20022/payment-file.ts";
import {
  currencies,
  eur,
  fileOf,
  handle,
  ibanOutsideSepa,
  ibans,
  payer,
  payment,
  paymentFiles,
  readPaymentFile,
  thousandths,
} from "./sample.ts";

const read = (...payments: readonly Payment[]) =>
  readPaymentFile(formatPaymentFile(fileOf(...payments)));
const sumOf = (decimals: readonly string[]): bigint =>
  decimals.reduce((sum, decimal) => sum + thousandths(decimal), 0n);

describe("any file of any number of payments in any currency", () => {
  test("counts and sums what it holds, in each payment information and in all", () => {
    fc.assert(
      fc.property(paymentFiles, (file) => {
        const { groups, ...header } = readPaymentFile(formatPaymentFile(file));
        expect(header.count).toBe(file.payments.length);
        const decimals = groups.flatMap(({ amounts }) => amounts.map(({ decimal }) => decimal));
        expect(thousandths(header.sum)).toBe(sumOf(decimals));
        for (const { count, sum, amounts } of groups) {
          expect(amounts).toHaveLength(count);
          expect(thousandths(sum)).toBe(sumOf(amounts.map(({ decimal }) => decimal)));
        }
        const paid = file.payments.map(
          ({ amount: { minor, currency } }) => minor * 10n ** BigInt(3 - minorDigits[currency]),
        );
        expect(thousandths(header.sum)).toBe(paid.reduce((a, b) => a + b, 0n));
      }),
      { numRuns: 40, endOnFailure: true },
    );
  });

  test("keeps currencies, days and schemes apart, and writes each payout once under its own EndToEndId", () => {
    fc.assert(
      fc.property(paymentFiles, (file) => {
        const { groups, endToEndIds, messageId } = readPaymentFile(formatPaymentFile(file));
        for (const { amounts } of groups) {
          expect(new Set(amounts.map(({ currency }) => currency)).size).toBe(1);
        }
        const kinds = groups.map(
          ({ text, amounts }) =>
            `${/SEPA/.test(text)} ${amounts[0]?.currency} ${/<Dt>(.*)<\/Dt>/.exec(text)?.[1]}`,
        );
        expect(new Set(kinds).size).toBe(groups.length);
        expect([...endToEndIds].sort()).toEqual(
          file.payments.map(({ payout }) => payout.toUpperCase()).sort(),
        );
        for (const id of [messageId, ...endToEndIds, ...groups.map(({ id }) => id)]) {
          expect(id).toMatch(/^[A-Z0-9-]{1,35}$/);
        }
      }),
      { numRuns: 20, endOnFailure: true },
    );
  });

  test("is the same bytes again, whatever order the payments come in", () => {
    fc.assert(
      fc.property(paymentFiles, fc.infiniteStream(fc.nat(1_000)), (file, draws) => {
        const payments = file.payments
          .map((each) => ({ each, draw: draws.next().value ?? 0 }))
          .sort((a, b) => a.draw - b.draw)
          .map(({ each }) => structuredClone(each));
        const bytes = formatPaymentFile(file);
        expect(Buffer.from(formatPaymentFile({ ...file, payments }))).toEqual(Buffer.from(bytes));
      }),
      { numRuns: 15, endOnFailure: true },
    );
  });
});

test.each([
  ["EUR", 5n, "0.05"],
  ["EUR", 100n, "1.00"],
  ["JPY", 5n, "5"],
  ["KWD", 5n, "0.005"],
  ["KWD", 1_000n, "1.000"],
] as const)("%s %s minor units are written %s, in the sums too", (currency, minor, decimal) => {
  const { sum, groups } = read(payment("1", { amount: { minor, currency } }));
  expect([sum, groups[0]?.sum, groups[0]?.amounts[0]?.decimal]).toEqual([
    decimal,
    decimal,
    decimal,
  ]);
});

test("the sum over currencies has the decimals of the one that has most", () => {
  const amounts = currencies.map((currency) => ({ minor: 1n, currency }));
  const { sum, groups } = read(
    ...amounts.map((amount, at) => payment(at.toString(16), { amount })),
  );
  expect(sum).toBe("1.041");
  // Plain groups by currency, then the euros under SEPA.
  expect(groups.map(({ sum }) => sum)).toEqual(["0.01", "0.01", "1", "0.001", "0.01", "0.01"]);
});

describe("the SEPA profile", () => {
  const isSepa = (changes: Partial<Payment>) => {
    const [group] = read(payment("1", changes)).groups;
    const text = group?.text ?? "";
    expect(/<Cd>SEPA<\/Cd>/.test(text)).toBe(/<ChrgBr>SLEV<\/ChrgBr>/.test(text));
    return /<Cd>SEPA<\/Cd>/.test(text);
  };

  test("is for euros between IBANs of SEPA countries up to 999,999,999.99, and for nothing else", () => {
    expect(isSepa({})).toBe(true);
    expect(isSepa({ amount: eur(99_999_999_999n) })).toBe(true);
    expect(isSepa({ amount: eur(100_000_000_000n) })).toBe(false);
    expect(isSepa({ amount: { minor: 1n, currency: "GBP" } })).toBe(false);
    expect(isSepa({ payee: { name: "x", account: ibanOutsideSepa } })).toBe(false);
    expect(isSepa({ payee: { name: "x", account: "SIM000000001" } })).toBe(false);
    expect(isSepa({ payee: { name: "张伟", account: ibans[1] } })).toBe(false);
    expect(isSepa({ remittance: "理赔" })).toBe(false);
  });

  test("a payer without an IBAN of SEPA pays nothing under it", () => {
    const file = { ...fileOf(payment("1")), payer: { name: "x", account: "SIM000000001" } };
    expect(readPaymentFile(formatPaymentFile(file)).text).not.toMatch(/SEPA|SLEV/);
  });

  test("writes names in its set, where a plain transfer keeps them", () => {
    const payee = { name: "Łukasz & Zoë", account: ibans[1] };
    expect(read(payment("1", { payee })).text).toContain("<Nm>Lukasz + Zoe</Nm>");
    const inPounds = { payee, amount: { minor: 1n, currency: "GBP" } } as const;
    expect(read(payment("1", inPounds)).text).toContain("<Nm>Łukasz &amp; Zoë</Nm>");
  });
});

test("nothing a payee writes becomes an element", () => {
  const payee = { name: '</Nm></Cdtr><Cdtr><Nm>&amp; "x"', account: "SIM000000001" };
  const { text } = read(payment("1", { payee }));
  expect(text).toContain(
    "<Nm>&lt;/Nm&gt;&lt;/Cdtr&gt;&lt;Cdtr&gt;&lt;Nm&gt;&amp;amp; &quot;x&quot;</Nm>",
  );
  expect(text.match(/<Cdtr>/g)).toHaveLength(1);
});

test("an agent is named by its BIC; the payer's bank without one is the bank that reads the file", () => {
  const payee = { name: "Jane Doe", account: ibans[1], bic: "ABNANL2A" };
  const withBics = read(payment("1", { payee })).text;
  expect(withBics).toMatch(/<DbtrAgt>\s*<FinInstnId>\s*<BICFI>COBADEFFXXX/);
  expect(withBics).toMatch(/<CdtrAgt>\s*<FinInstnId>\s*<BICFI>ABNANL2A/);
  const { bic: _, ...nameless } = payer;
  const text = readPaymentFile(
    formatPaymentFile({ ...fileOf(payment("1")), payer: nameless }),
  ).text;
  expect(text).toMatch(/<DbtrAgt>\s*<FinInstnId>\s*<Othr>\s*<Id>NOTPROVIDED/);
  expect(text).not.toContain("CdtrAgt");
});

test("an EndToEndId names its payout and is read back from exactly its own text", () => {
  const payout = "00112233445566778899aabbccddeeff";
  expect(endToEndIdOf(payout)).toBe("00112233445566778899AABBCCDDEEFF");
  expect(payoutOf(endToEndIdOf(payout))).toBe(payout);
  for (const other of [
    "",
    "NOTPROVIDED",
    payout,
    `${endToEndIdOf(payout)}0`,
    handle("g").toUpperCase(),
  ]) {
    expect(payoutOf(other)).toBeUndefined();
  }
});

test.each<[string, readonly Payment[], string]>([
  ["no payment", [], "CdtTrfTxInf"],
  ["a payout twice", [payment("1"), payment("1", { amount: eur(1n) })], "EndToEndId"],
  ["nothing to pay", [payment("1", { amount: eur(0n) })], "CdtTrfTxInf[1]"],
  ["a negative amount", [payment("2"), payment("1", { amount: eur(-1n) })], "CdtTrfTxInf[2]"],
  ["an amount of 19 digits", [payment("1", { amount: eur(maxMinor + 1n) })], "CdtTrfTxInf[1]"],
  ["a sum of 19 digits", [payment("1", { amount: eur(maxMinor) }), payment("2")], "CtrlSum"],
  [
    "a payee without a name",
    [payment("1", { payee: { name: " ", account: ibans[1] } })],
    "CdtTrfTxInf[1]/Cdtr/Nm",
  ],
  [
    "a hundred days",
    Array.from({ length: 100 }, (_, at) =>
      payment("1", { payout: at.toString(16).padStart(32, "0"), day: BigInt(at) }),
    ),
    "PmtInf",
  ],
])("%s is no file", (_, payments, where) => {
  expect(() => formatPaymentFile(fileOf(...payments))).toThrow(Malformed);
  expect(() => formatPaymentFile(fileOf(...payments))).toThrow(`${where}:`);
});
