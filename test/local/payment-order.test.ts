import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { readPaymentOrder } from "../../local/bank/payment-order.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import { formatPaymentFile } from "../../shared/iso20022/payment-file.ts";
import { eur, fileOf, ibans, payment, paymentFiles } from "../iso20022/sample.ts";

const file = formatPaymentFile(
  fileOf(
    payment("1"),
    payment("2", { amount: eur(100n) }),
    payment("3", {
      amount: { minor: 1_234n, currency: "KWD" },
      payee: { name: 'A & <B> "c"', account: "SIM000000001" },
    }),
  ),
);
const text = new TextDecoder().decode(file);

describe("the bank reads a payment file by its text", () => {
  test("every payment with its amount, day, accounts and payee", () => {
    expect(readPaymentOrder(file)).toMatchObject({
      messageId: "F".repeat(32),
      count: 3,
      sum: "125.684",
      orders: [
        {
          endToEndId: "3".repeat(32),
          amount: { minor: 1_234n, currency: "KWD" },
          creditor: { name: 'A & <B> "c"', account: "SIM000000001" },
          debtorAccount: ibans[0],
        },
        { endToEndId: "1".repeat(32), amount: eur(12_345n), day: 20_418n },
        { endToEndId: "2".repeat(32), paymentInformationId: `${"F".repeat(32)}-2` },
      ],
    });
  });

  test("what is released is what it is asked to pay, in any file", () => {
    fc.assert(
      fc.property(paymentFiles, (released) => {
        const read = readPaymentOrder(formatPaymentFile(released));
        if ("reason" in read) throw new Error(read.reason);
        const orders = read.orders.map(({ endToEndId, amount, day, creditor }) => [
          endToEndId.toLowerCase(),
          amount,
          day,
          creditor.account,
        ]);
        const payments = released.payments.map(({ payout, amount, day, payee }) => [
          payout,
          amount,
          day,
          payee.account,
        ]);
        const byId = (a: unknown[], b: unknown[]) => (String(a[0]) < String(b[0]) ? -1 : 1);
        expect(orders.sort(byId)).toEqual(payments.sort(byId));
      }),
      { numRuns: 20, endOnFailure: true },
    );
  });

  test.each([
    ["another message", text.replace("pain.001.001.09", "pain.001.001.03"), "FF01"],
    ["no message id", text.replace(/<MsgId>.*<\/MsgId>/, ""), "FF01"],
    ["no payment", text.replace(/<PmtInf>[\s\S]*<\/PmtInf>/, ""), "FF01"],
    ["another sum in its header", text.replace("<CtrlSum>125.684", "<CtrlSum>125.685"), "AM10"],
    ["another sum in a batch", text.replace("<CtrlSum>124.45", "<CtrlSum>124.46"), "AM10"],
    ["another count in its header", text.replace("<NbOfTxs>3", "<NbOfTxs>4"), "AM18"],
    ["another count in a batch", text.replace("<NbOfTxs>2", "<NbOfTxs>1"), "AM18"],
    ["one payment twice", text.replaceAll("2".repeat(32), "1".repeat(32)), "DU04"],
    ["one batch twice", text.replace(`${"F".repeat(32)}-2`, `${"F".repeat(32)}-1`), "DU02"],
    ["nothing to pay", text.replace('"EUR">1.00', '"EUR">0.00'), "AM01"],
    ["a currency it doesn't book in", text.replaceAll("KWD", "XAU"), "AM03"],
    ["a fraction of a cent", text.replace('"EUR">1.00', '"EUR">1.001'), "FF01"],
    ["no payee", text.replace(/<Cdtr>[\s\S]*?<\/Cdtr>/, ""), "FF01"],
  ])("%s: nothing of the file is taken, for a reason of ISO's list", (_, changed, reason) => {
    expect(changed).not.toBe(text);
    expect(readPaymentOrder(utf8(changed))).toMatchObject({ reason });
  });
});
