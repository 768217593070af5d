import type { BankParty } from "../base/bank-party.ts";
import type { Handle } from "../base/handle.ts";
import { formatSeconds, type Instant } from "../base/instant.ts";
import { Malformed } from "../base/malformed.ts";
import { formatSum } from "./control-sum.ts";
import { messageIdOf, mostGroups, paymentInformationIdOf } from "./identifiers.ts";
import { longestSepaName, longestText, plainText, sepaText } from "./message-text.ts";
import { type Payment, writtenParty, writtenPayment } from "./payment.ts";
import { groupsOf, paymentInformation } from "./payment-group.ts";
import { element, formatDocument } from "./xml-text.ts";

/** Most payments a file can hold; a release has its own, lower bound. */
export const mostPayments = 10_000;

/** What a payment file says: its own handle, when it was released, who pays and what. */
export interface PaymentFile {
  readonly file: Handle;
  readonly createdAt: Instant;
  readonly payer: BankParty;
  readonly payments: readonly Payment[];
}

const namespace = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09";

/**
 * The bytes of a pain.001.001.09 (CustomerCreditTransferInitiationV09) that pays `payments`, in any order: the same payments give the same bytes.
 * Euros between IBANs of SEPA follow EPC132-08; a file of nothing else is valid under that profile. Malformed: no payment or too many, one
 * payout twice, an amount that can't be paid, a party without a name, a control sum of more than 18 digits.
 */
export function formatPaymentFile({ file, createdAt, payer, payments }: PaymentFile): Uint8Array {
  if (payments.length === 0) throw new Malformed("CdtTrfTxInf", "is missing");
  if (payments.length > mostPayments) {
    throw new Malformed("CdtTrfTxInf", `repeats more than ${mostPayments} times`);
  }
  if (new Set(payments.map(({ payout }) => payout)).size < payments.length) {
    throw new Malformed("EndToEndId", "repeats a payout of this file");
  }
  const written = payments.map((payment, at) =>
    writtenPayment(payment, payer, `CdtTrfTxInf[${at + 1}]`),
  );
  const groups = groupsOf(written);
  if (groups.length > mostGroups) {
    throw new Malformed("PmtInf", `repeats more than ${mostGroups} times`);
  }
  const header = element("GrpHdr", [
    element("MsgId", messageIdOf(file)),
    element("CreDtTm", formatSeconds(createdAt / 1_000_000n)),
    element("NbOfTxs", `${payments.length}`),
    element("CtrlSum", formatSum(payments.map(({ amount }) => amount))),
    element("InitgPty", [element("Nm", initiatorOf(payer))]),
  ]);
  const informations = groups.map((group, at) => {
    const debtor = writtenParty(payer, group[0].scheme, "Dbtr");
    return paymentInformation(paymentInformationIdOf(file, at + 1), group, debtor);
  });
  const initiation = element("CstmrCdtTrfInitn", [header, ...informations]);
  return formatDocument(element("Document", [initiation], { xmlns: namespace }));
}

/** The initiating party's name: in the SEPA set where that can spell it, for the header belongs to every group. */
function initiatorOf({ name }: BankParty): string {
  const text = sepaText(name, longestSepaName) ?? plainText(name, longestText);
  if (text === undefined) throw new Malformed("InitgPty/Nm", "is empty");
  return text;
}
