import { describe, expect, test } from "@jest/globals";
import { Malformed } from "../../shared/base/malformed.ts";
import { paymentStatuses } from "../../shared/iso20022/status-report.ts";
import { endToEndId, readStatusReport, report } from "./bank-messages.ts";
import { eur } from "./sample.ts";

const payments = (message: string) =>
  readStatusReport(message).flatMap((item) => (item.kind === "payment" ? [item] : []));
const discrepancies = (message: string) =>
  readStatusReport(message).filter(({ kind }) => kind === "discrepancy");

test("a report says what became of the file, its batches and each payment, with the bank's reason", () => {
  const items = readStatusReport(report());
  expect(items.map(({ kind }) => kind)).toEqual([
    "message",
    "file",
    "payment",
    "payment",
    "payment",
    "batch",
  ]);
  expect(items[0]).toMatchObject({ messageId: "BANK-1", createdAt: "2025-11-26T10:00:00Z" });
  expect(items[1]).toMatchObject({
    originalMessageId: endToEndId("f"),
    status: { status: "PART", reasons: [] },
    count: 3n,
    sum: "370.35",
  });
  expect(items.slice(2, 5)).toMatchObject([
    { endToEndId: endToEndId("1"), status: { status: "ACSC" }, reference: "R1" },
    {
      endToEndId: endToEndId("2"),
      status: { status: "PDNG" },
      amount: { currency: "EUR", decimal: "123.45" },
    },
    { endToEndId: endToEndId("3"), status: { status: "RJCT", reasons: ["AC04"] } },
  ]);
  expect(items[5]).toMatchObject({ paymentInformationId: `${endToEndId("f")}-1`, count: 3n });
});

test("a file refused as a whole names no payment", () => {
  const items = readStatusReport(report({ status: "RJCT", reason: "AM05", batches: [] }));
  expect(items.map(({ kind }) => kind)).toEqual(["message", "file"]);
  expect(items[1]).toMatchObject({ status: { status: "RJCT", code: "RJCT", reasons: ["AM05"] } });
});

test.each([...paymentStatuses])("%s is a status it knows; both versions say it", (status) => {
  for (const version of ["pain.002.001.03", "pain.002.001.10"] as const) {
    const batches = [{ paymentInformationId: "1", payments: [{ endToEndId: "1", status }] }];
    expect(payments(report({ version, batches }))[0]?.status?.status).toBe(status);
  }
});

test("a status of the external list that means nothing to a payout is told with its code", () => {
  const batches = [{ paymentInformationId: "1", payments: [{ endToEndId: "1", status: "CANC" }] }];
  expect(payments(report({ batches }))[0]?.status).toEqual({
    status: "other",
    code: "CANC",
    reasons: [],
  });
});

test("a reason in the bank's own words, and more than one, are kept", () => {
  const own = report().replace(
    "<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf>",
    "<StsRsnInf><Rsn><Prtry>closed</Prtry></Rsn></StsRsnInf><StsRsnInf><Rsn><Cd>MS03</Cd></Rsn></StsRsnInf>",
  );
  expect(payments(own)[2]?.status?.reasons).toEqual(["closed", "MS03"]);
});

test("unknown ids, other currencies and amounts it can't pay in are values, not errors", () => {
  const strange = report()
    .replace(endToEndId("1"), "NOTPROVIDED")
    .replace('Ccy="EUR">123.45', 'Ccy="XAU">123.45678');
  expect(payments(strange)[0]).toMatchObject({
    endToEndId: "NOTPROVIDED",
    amount: { currency: "XAU", decimal: "123.45678" },
  });
  expect(payments(report().replace("123.45<", "00123.4500<"))[0]?.amount?.decimal).toBe("123.45");
});

test.each([
  ["beyond int64", "92233720368547758.08"],
  ["of a thousand digits", "9".repeat(1_000)],
  ["of a fraction of a cent", "123.455"],
])(
  "an amount %s is a value, and so is a sum of it: exact, so that a wrong one is told",
  (_, amount) => {
    const stating = (sum: string) =>
      report()
        .replace("123.45<", `${amount}<`)
        .replace("<DtldSts>ACSC</DtldSts>", `$&<DtldCtrlSum>${sum}</DtldCtrlSum>`);
    expect(payments(stating(amount))[0]?.amount).toEqual({ currency: "EUR", decimal: amount });
    expect(discrepancies(stating(amount))).toEqual([]);
    const wrong = amount.replace(/.$/, (last) => `${(Number(last) + 1) % 10}`);
    expect(discrepancies(stating(wrong))).toMatchObject([
      { of: "sum", stated: wrong, found: amount },
    ]);
  },
);

describe("what a report states and its own payments contradict is told", () => {
  test("an honest one has none", () => expect(discrepancies(report())).toEqual([]));

  test("fewer payments stated than listed", () => {
    const message = report().replace(
      "<DtldNbOfTxs>1</DtldNbOfTxs><DtldSts>RJCT",
      "<DtldNbOfTxs>0</DtldNbOfTxs><DtldSts>RJCT",
    );
    expect(discrepancies(message)).toContainEqual(
      expect.objectContaining({
        of: "count",
        stated: "0",
        found: "1",
        where: expect.stringContaining("NbOfTxsPerSts[3]"),
      }),
    );
  });

  test("a sum per status that its payments don't come to", () => {
    const message = report().replace(
      "<DtldSts>RJCT</DtldSts>",
      "<DtldSts>RJCT</DtldSts><DtldCtrlSum>123.46</DtldCtrlSum>",
    );
    expect(discrepancies(message)).toMatchObject([
      { of: "sum", stated: "123.46", found: "123.45" },
    ]);
    expect(discrepancies(message.replace("123.46", "123.450"))).toEqual([]);
  });

  test("counts per status that don't add up to the original's", () => {
    const message = report().replace(/(<OrgnlPmtInfId>.*?<OrgnlNbOfTxs>)3/, "$14");
    expect(discrepancies(message)).toMatchObject([{ of: "count", stated: "4", found: "3" }]);
  });

  test("more payments listed than the original had", () => {
    const message = report({ original: { messageId: "x", count: 2, sum: "1" } });
    expect(discrepancies(message)).toMatchObject([
      { where: "Document/CstmrPmtStsRpt/OrgnlGrpInfAndSts/OrgnlNbOfTxs", stated: "2", found: "3" },
    ]);
  });

  test("a bank that lists the refused ones only states nothing wrong", () => {
    const payments = [{ endToEndId: endToEndId("3"), status: "RJCT", amount: eur(12_345n) }];
    const message = report({ batches: [{ paymentInformationId: "1", payments }] }).replace(
      "<NbOfTxsPerSts>",
      "<NbOfTxsPerSts><DtldNbOfTxs>2</DtldNbOfTxs><DtldSts>ACCP</DtldSts></NbOfTxsPerSts><NbOfTxsPerSts>",
    );
    expect(discrepancies(message.replace("<OrgnlNbOfTxs>1", "<OrgnlNbOfTxs>3"))).toEqual([]);
  });
});

test.each<[string, (message: string) => string, string]>([
  ["another version", (m) => m.replace(".001.10", ".001.09"), "document"],
  ["another message", (m) => m.replace(/xmlns="[^"]*"/, 'xmlns="urn:x"'), "document"],
  ["no namespace", (m) => m.replace(/ xmlns="[^"]*"/, ""), "document"],
  [
    "no report",
    (m) => m.replace(/<CstmrPmtStsRpt>.*<\/CstmrPmtStsRpt>/, ""),
    "Document/CstmrPmtStsRpt",
  ],
  [
    "no original",
    (m) => m.replace(/<OrgnlGrpInfAndSts>.*<\/OrgnlGrpInfAndSts>/, ""),
    "Document/CstmrPmtStsRpt/OrgnlGrpInfAndSts",
  ],
  ["no header", (m) => m.replace(/<GrpHdr>.*<\/GrpHdr>/, ""), "Document/CstmrPmtStsRpt/GrpHdr"],
  [
    "two headers",
    (m) => m.replace(/(<GrpHdr>.*<\/GrpHdr>)/, "$1$1"),
    "Document/CstmrPmtStsRpt/GrpHdr",
  ],
  [
    "a batch of no name",
    (m) => m.replace(/<OrgnlPmtInfId>.*?<\/OrgnlPmtInfId>/, ""),
    "OrgnlPmtInfId",
  ],
  [
    "an id of 36 characters",
    (m) => m.replace(endToEndId("2"), "x".repeat(36)),
    "TxInfAndSts[2]/OrgnlEndToEndId",
  ],
  ["an empty id", (m) => m.replace(endToEndId("2"), ""), "TxInfAndSts[2]/OrgnlEndToEndId"],
  [
    "a status that is none",
    (m) => m.replace("<TxSts>PDNG", "<TxSts>pending"),
    "TxInfAndSts[2]/TxSts",
  ],
  [
    "two statuses",
    (m) => m.replace("<TxSts>PDNG</TxSts>", "<TxSts>PDNG</TxSts><TxSts>ACSC</TxSts>"),
    "TxInfAndSts[2]/TxSts",
  ],
  [
    "no currency",
    (m) => m.replace(' Ccy="EUR"', ""),
    "TxInfAndSts[1]/OrgnlTxRef/Amt/InstdAmt/@Ccy",
  ],
  ["a float", (m) => m.replace("123.45<", "1.2345e2<"), "TxInfAndSts[1]/OrgnlTxRef/Amt/InstdAmt"],
  [
    "a negative amount",
    (m) => m.replace("123.45<", "-123.45<"),
    "TxInfAndSts[1]/OrgnlTxRef/Amt/InstdAmt",
  ],
  [
    "an element where text belongs",
    (m) => m.replace("<TxSts>PDNG", "<TxSts>PD<b/>NG"),
    "TxInfAndSts[2]/TxSts",
  ],
])("%s is Malformed, and says where", (_, change, where) => {
  const message = change(report());
  expect(message).not.toBe(report());
  expect(() => readStatusReport(message)).toThrow(Malformed);
  expect(() => readStatusReport(message)).toThrow(`${where}:`);
});
