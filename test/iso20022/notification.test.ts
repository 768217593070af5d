import { describe, expect, test } from "@jest/globals";
import { Malformed } from "../../shared/base/malformed.ts";
import { booked, endToEndId, entry, notification, readNotification } from "./bank-messages.ts";
import { eur, ibans } from "./sample.ts";

const transactions = (message: string) =>
  readNotification(message).flatMap((item) => (item.kind === "transaction" ? [item] : []));
const entries = (message: string) =>
  readNotification(message).flatMap((item) => (item.kind === "entry" ? [item] : []));
const discrepancies = (message: string) =>
  readNotification(message).filter(({ kind }) => kind === "discrepancy");

test("a debit says which payout left which account, how much, when, and the bank's number of it", () => {
  const items = readNotification(notification());
  expect(items.map(({ kind }) => kind)).toEqual(["message", "transaction", "entry"]);
  expect(items[0]).toMatchObject({ messageId: "BANK-2" });
  expect(items[1]).toMatchObject({
    account: ibans[0],
    endToEndId: endToEndId("1"),
    amount: { currency: "EUR", decimal: "123.45" },
    direction: "debit",
    returned: undefined,
    entry: { status: "BOOK", reversal: false, bookedOn: 20_418n, reference: "BANK-LINE-1" },
  });
});

test("a returned payout comes back as a credit that reverses, with the reason", () => {
  const payments = [booked("1", { returnReason: "AC04" })];
  const [item] = transactions(
    notification({ entries: [entry({ direction: "CRDT", reversal: true, payments })] }),
  );
  expect(item).toMatchObject({ direction: "credit", returned: "AC04", entry: { reversal: true } });
});

test("a batch booked as one names itself and no payment", () => {
  const batch = { paymentInformationId: `${endToEndId("f")}-1`, count: 7 };
  const message = notification({ entries: [entry({ batch, payments: [] })] });
  expect(transactions(message)).toEqual([]);
  expect(entries(message)).toMatchObject([
    {
      transactions: 0n,
      batches: [{ paymentInformationId: batch.paymentInformationId, count: 7n }],
    },
  ]);
});

test("a batch booked as one that lists its payments gives each", () => {
  const payments = [booked("1"), booked("2"), booked("3")];
  const batch = { paymentInformationId: "1", count: 3 };
  const message = notification({ entries: [entry({ amount: eur(37_035n), batch, payments })] });
  expect(transactions(message).map(({ endToEndId }) => endToEndId?.[0])).toEqual(["1", "2", "3"]);
  expect(entries(message)).toMatchObject([{ transactions: 3n }]);
  expect(discrepancies(message)).toEqual([]);
});

test.each(["camt.054.001.02", "camt.054.001.04", "camt.054.001.08"])("%s is read", (version) => {
  const message = notification().replace("camt.054.001.08", version);
  expect(transactions(message)).toHaveLength(1);
});

test("in the messages of 2009 the status is a code alone and a payment's amount stands among its details", () => {
  const old = notification()
    .replace("camt.054.001.08", "camt.054.001.02")
    .replace("<Sts><Cd>BOOK</Cd></Sts>", "<Sts>BOOK</Sts>")
    .replace(
      /(<\/Refs>)<Amt[^/]*\/Amt><CdtDbtInd>DBIT<\/CdtDbtInd>/,
      '$1<AmtDtls><TxAmt><Amt Ccy="EUR">123.45</Amt></TxAmt></AmtDtls>',
    );
  expect(transactions(old)).toMatchObject([
    {
      entry: { status: "BOOK" },
      direction: "debit",
      amount: { currency: "EUR", decimal: "123.45" },
    },
  ]);
});

test("an entry's only payment has its amount where it states none; of two, neither", () => {
  const bare = (message: string) =>
    message.replaceAll(/(<\/Refs>)<Amt[^/]*\/Amt><CdtDbtInd>DBIT<\/CdtDbtInd>/g, "$1");
  expect(transactions(bare(notification()))[0]?.amount?.decimal).toBe("123.45");
  const two = notification({ entries: [entry({ payments: [booked("1"), booked("2")] })] });
  expect(transactions(bare(two)).map(({ amount }) => amount)).toEqual([undefined, undefined]);
});

test.each(["PDNG", "INFO", "FUTR"])("an entry that is %s is not booked", (status) => {
  const [item] = entries(notification({ entries: [entry({ status })] }));
  expect(item?.entry.status).toBe(status === "FUTR" ? "other" : status);
});

test("a day may come with a time, or with the bank's time zone", () => {
  for (const text of [
    "<DtTm>2025-11-26T23:59:59+01:00</DtTm>",
    "<Dt>2025-11-26+01:00</Dt>",
    "<Dt>2025-11-26Z</Dt>",
  ]) {
    const message = notification().replace(/<BookgDt>.*?<\/BookgDt>/, `<BookgDt>${text}</BookgDt>`);
    expect(entries(message)[0]?.entry.bookedOn).toBe(20_418n);
  }
});

describe("what a notification states and its own entries contradict is told", () => {
  const lines = [
    entry(),
    entry({ amount: eur(100n), direction: "CRDT", payments: [booked("2", { amount: eur(100n) })] }),
  ];
  const honest = notification({ entries: lines });

  test("an honest one has none", () => expect(discrepancies(honest)).toEqual([]));

  test.each([
    [
      "TtlNtries/NbOfNtries",
      "<TtlNtries><NbOfNtries>2",
      "<TtlNtries><NbOfNtries>3",
      "count",
      "3",
      "2",
    ],
    ["TtlNtries/Sum", "<Sum>124.45", "<Sum>124.46", "sum", "124.46", "124.45"],
    ["TtlCdtNtries/Sum", "<Sum>1.00", "<Sum>1.01", "sum", "1.01", "1"],
    [
      "TtlDbtNtries/NbOfNtries",
      "<TtlDbtNtries><NbOfNtries>1",
      "<TtlDbtNtries><NbOfNtries>0",
      "count",
      "0",
      "1",
    ],
  ])("a wrong %s", (where, from, to, of, stated, found) => {
    const message = honest.replace(from, to);
    expect(discrepancies(message)).toEqual([
      {
        kind: "discrepancy",
        where: `Document/BkToCstmrDbtCdtNtfctn/Ntfctn[1]/TxsSummry/${where}`,
        of,
        stated,
        found,
      },
    ]);
  });

  test("an entry its payments don't add up to; a payment the other way counts against it", () => {
    const payments = [booked("1"), booked("2")];
    const message = notification({ entries: [entry({ amount: eur(24_691n), payments })] });
    expect(discrepancies(message)).toMatchObject([
      { where: expect.stringMatching(/Ntry\[1\]\/Amt$/), stated: "246.91", found: "246.9" },
    ]);
    const turned = notification().replace(/(<\/Refs>.*?)DBIT/, "$1CRDT");
    expect(discrepancies(turned)).toMatchObject([{ stated: "123.45", found: "-123.45" }]);
  });

  test("a batch that holds another number of payments than it says", () => {
    const batch = { paymentInformationId: "1", count: 2 };
    const message = notification({ entries: [entry({ batch })] });
    expect(discrepancies(message)).toMatchObject([
      { where: expect.stringContaining("NtryDtls[1]/Btch/NbOfTxs"), stated: "2", found: "1" },
    ]);
  });

  test("each account on its own", () => {
    const one = /<Ntfctn>.*<\/Ntfctn>/.exec(honest)?.[0] ?? "";
    expect(discrepancies(honest.replace(one, one + one))).toEqual([]);
  });
});

test.each([
  ["beyond int64", "92233720368547758.08", "92233720368547881.53"],
  ["of a thousand digits", "9".repeat(1_000), `1${"0".repeat(997)}122.45`],
])("an amount %s is a value, and the totals are exact", (_, amount, sum) => {
  const of = (total: string) =>
    notification({ entries: [entry(), entry({ payments: [booked("2")] })] })
      .replace(/(.*)123\.45<(.*)123\.45</, `$1${amount}<$2${amount}<`)
      .replaceAll("<Sum>246.90", `<Sum>${total}`);
  expect(transactions(of(sum)).map((item) => item.amount?.decimal)).toEqual(["123.45", amount]);
  expect(discrepancies(of(sum))).toEqual([]);
  // One cent beside it: as far as a float is exact, nobody could tell.
  expect(discrepancies(of(sum.replace(/.$/, "4")))).toMatchObject([
    { of: "sum", found: sum },
    { of: "sum", found: sum },
  ]);
  // An entry and its own payment.
  const alone = notification().replace(/(<Ntry><Amt[^>]*>)123\.45/, `$1${amount}`);
  expect(discrepancies(alone)).toContainEqual(
    expect.objectContaining({ where: expect.stringMatching(/Ntry\[1\]\/Amt$/), stated: amount }),
  );
});

test("another currency than any we pay in is a value", () => {
  const message = notification().replaceAll('Ccy="EUR"', 'Ccy="CHF"');
  expect(transactions(message)[0]?.amount).toEqual({
    currency: "CHF",
    decimal: "123.45",
  });
});

test.each<[string, (message: string) => string, string]>([
  ["no amount", (m) => m.replace(/<Ntry><Amt.*?<\/Amt>/, "<Ntry>"), "Ntry[1]/Amt"],
  [
    "an amount after its payments",
    (m) => m.replace(/(<Ntry>)(<Amt.*?<\/Amt>)(.*)(<\/Ntry>)/, "$1$3$2$4"),
    "Ntry[1]/Amt",
  ],
  ["no direction", (m) => m.replace("<CdtDbtInd>DBIT</CdtDbtInd>", ""), "Ntry[1]/CdtDbtInd"],
  ["another direction", (m) => m.replace("DBIT", "BOTH"), "Ntry[1]/CdtDbtInd"],
  ["no status", (m) => m.replace(/<Sts>.*?<\/Sts>/, ""), "Ntry[1]/Sts/Cd"],
  ["no account", (m) => m.replace(/<Acct>.*?<\/Acct>/, ""), "Ntfctn[1]/Acct/Id/Othr/Id"],
  [
    "a reversal that is maybe one",
    (m) => m.replace("</CdtDbtInd><Sts>", "</CdtDbtInd><RvslInd>maybe</RvslInd><Sts>"),
    "Ntry[1]/RvslInd",
  ],
  ["a day there is not", (m) => m.replace("2025-11-26</Dt>", "2025-02-30</Dt>"), "Ntry[1]/BookgDt"],
  ["an amount below nothing", (m) => m.replace(">123.45</Amt>", ">-123.45</Amt>"), "Ntry[1]/Amt"],
  [
    "an amount finer than any",
    (m) => m.replace(">123.45</Amt>", `>0.${"1".repeat(18)}</Amt>`),
    "Ntry[1]/Amt",
  ],
  [
    "a count of 16 digits",
    (m) => m.replace("<NbOfNtries>1", `<NbOfNtries>${"1".repeat(16)}`),
    "TtlNtries/NbOfNtries",
  ],
])("%s is Malformed, and says where", (_, change, where) => {
  const message = change(notification());
  expect(message).not.toBe(notification());
  expect(() => readNotification(message)).toThrow(Malformed);
  expect(() => readNotification(message)).toThrow(`${where}:`);
});
