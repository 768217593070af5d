import { describe, expect, test } from "@jest/globals";
import { Malformed } from "../../shared/base/malformed.ts";
import { accountOf, inSepa, parseAccount, parseBic } from "../../shared/iso20022/account.ts";
import { ibanOutsideSepa, ibans } from "./sample.ts";

describe("an account number at the door", () => {
  test.each([...ibans, ibanOutsideSepa])(
    "%s is an IBAN, and with any digit changed it is not",
    (iban) => {
      expect(parseAccount(iban, "account")).toEqual({ iban });
      for (let at = 2; at < iban.length; at++) {
        const digit = iban[at] ?? "";
        if (!/[0-9]/.test(digit)) continue;
        const other = `${iban.slice(0, at)}${(Number(digit) + 1) % 10}${iban.slice(at + 1)}`;
        expect(() => parseAccount(other, "account")).toThrow("account: is not a valid IBAN");
      }
    },
  );

  test("two digits that changed places are found", () => {
    expect(() => parseAccount("DE89370400440532013000".replace("3704", "7304"), "a")).toThrow(
      Malformed,
    );
  });

  test.each(["SIM000000001", "0123456789", "US12345678", "6222020200112233445", "AB12X"])(
    "%s is a number of the bank's own",
    (other) => expect(parseAccount(other, "account")).toEqual({ other }),
  );

  test.each([
    ["a part of an IBAN", "DE893704004405"],
    ["an IBAN of another length", "DE893704004405320130001"],
    ["a QR-IBAN, which wants a reference", "CH4431999123000889012"],
    ["97 digits right, no country", "XX57WEST12345698765432"],
    ["a small letter", "de89370400440532013000"],
    ["a space", "DE89 3704 0044 0532 0130 00"],
    ["too short", "AB12"],
    ["too long", "A".repeat(35)],
    ["a digit of another script", "SIM٠00000001"],
    ["nothing", ""],
  ])("%s is refused, and the number is not in the error", (_, text) => {
    expect(() => parseAccount(text, "account")).toThrow(Malformed);
    if (text === "") return;
    expect(() => parseAccount(text, "account")).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining(text) }),
    );
  });

  test("what passes the door keeps its kind in every file", () => {
    for (const text of [...ibans, ibanOutsideSepa, "SIM000000001", "US12345678"]) {
      expect(accountOf(text)).toEqual(parseAccount(text, "account"));
    }
  });
});

test("SEPA is reached by the IBANs of its countries only", () => {
  expect(ibans.map((iban) => inSepa({ iban }))).toEqual([true, true, true, true]);
  expect(inSepa({ iban: ibanOutsideSepa })).toBe(false);
  expect(inSepa({ other: "DE0000000001" })).toBe(false);
});

test("a BIC has 8 or 11 characters and a country", () => {
  for (const bic of ["COBADEFF", "COBADEFFXXX", "ABNANL2A"]) expect(parseBic(bic, "bic")).toBe(bic);
  for (const text of ["COBADEF", "COBADEFFX", "COBAZZFF", "cobadeff", "1234DEFF!", ""]) {
    expect(() => parseBic(text, "bic")).toThrow("bic: is not a BIC");
  }
});
