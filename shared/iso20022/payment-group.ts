import { formatDay } from "../base/day.ts";
import { formatAmount } from "../base/money.ts";
import type { Account } from "./account.ts";
import { formatSum } from "./control-sum.ts";
import type { WrittenParty, WrittenPayment } from "./payment.ts";
import { type Element, element } from "./xml-text.ts";

/** Payments of one scheme, currency and execution day: what one PmtInf holds. Never empty. */
export type PaymentGroup = readonly [WrittenPayment, ...WrittenPayment[]];

/** The groups of `payments`, ordered by scheme, currency and day, and in each the payments by EndToEndId: no order of the input shows. */
export function groupsOf(payments: readonly WrittenPayment[]): PaymentGroup[] {
  const groups = new Map<string, [WrittenPayment, ...WrittenPayment[]]>();
  const sorted = [...payments].sort((a, b) => (a.endToEndId < b.endToEndId ? -1 : 1));
  for (const payment of sorted) {
    const key = `${payment.scheme}/${payment.amount.currency}/${formatDay(payment.day)}`;
    const group = groups.get(key);
    if (group) group.push(payment);
    else groups.set(key, [payment]);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

/**
 * A PaymentInstruction30 in the order of the schema. Bookings are asked for one by one (BtchBookg false), so that each payment comes back with
 * its EndToEndId. The charges of a plain group are what the payer agreed with its bank: none are named.
 */
export function paymentInformation(id: string, group: PaymentGroup, payer: WrittenParty): Element {
  const [{ scheme, day }] = group;
  const sepa = scheme === "sepa";
  const code = element("Cd", "SEPA");
  return element("PmtInf", [
    element("PmtInfId", id),
    element("PmtMtd", "TRF"),
    element("BtchBookg", "false"),
    element("NbOfTxs", `${group.length}`),
    element("CtrlSum", formatSum(group.map(({ amount }) => amount))),
    sepa ? element("PmtTpInf", [element("SvcLvl", [code])]) : undefined,
    element("ReqdExctnDt", [element("Dt", formatDay(day))]),
    element("Dbtr", [element("Nm", payer.name)]),
    accountElement("DbtrAcct", payer.account),
    payer.bic === undefined ? unnamedAgent : agent("DbtrAgt", payer.bic),
    sepa ? element("ChrgBr", "SLEV") : undefined,
    ...group.map(transfer),
  ]);
}

/** A CreditTransferTransaction34 in the order of the schema. */
function transfer({ endToEndId, amount, payee, remittance }: WrittenPayment): Element {
  const text = formatAmount(amount.minor, amount.currency);
  const instructed = element("InstdAmt", text, { Ccy: amount.currency });
  return element("CdtTrfTxInf", [
    element("PmtId", [element("EndToEndId", endToEndId)]),
    element("Amt", [instructed]),
    payee.bic === undefined ? undefined : agent("CdtrAgt", payee.bic),
    element("Cdtr", [element("Nm", payee.name)]),
    accountElement("CdtrAcct", payee.account),
    remittance === undefined ? undefined : element("RmtInf", [element("Ustrd", remittance)]),
  ]);
}

const agent = (name: string, bic: string): Element =>
  element(name, [element("FinInstnId", [element("BICFI", bic)])]);

/** The schema wants an agent of the debtor; the bank that takes the file is it. */
const unnamedAgent = element("DbtrAgt", [
  element("FinInstnId", [element("Othr", [element("Id", "NOTPROVIDED")])]),
]);

const accountElement = (name: string, account: Account): Element =>
  element(name, [
    element("Id", [
      "iban" in account
        ? element("IBAN", account.iban)
        : element("Othr", [element("Id", account.other)]),
    ]),
  ]);
