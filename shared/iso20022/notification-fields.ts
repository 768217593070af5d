import { Malformed } from "../base/malformed.ts";
import type { Fields } from "./fields.ts";
import {
  type Batch,
  type Entry,
  entryStatuses,
  type ReportedTransaction,
} from "./notification-item.ts";

/** A TxDtls of `entry`. */
export function transactionOf(fields: Fields, entry: Entry): ReportedTransaction {
  return {
    kind: "transaction",
    where: fields.where,
    account: accountIn(fields.up?.up ?? fields),
    entry,
    endToEndId: fields.text("Refs/EndToEndId"),
    paymentInformationId: fields.text("Refs/PmtInfId"),
    amount: fields.amount("Amt") ?? fields.amount("AmtDtls/TxAmt/Amt"),
    direction: fields.has("CdtDbtInd") ? directionOf(fields) : entry.direction,
    reference: fields.text("Refs/AcctSvcrRef") ?? fields.text("Refs/TxId"),
    returned: fields.text("RtrInf/Rsn/Cd") ?? fields.text("RtrInf/Rsn/Prtry"),
  };
}

/** The entry as its own elements say it; the schema puts these before its details. */
export function entryOf(fields: Fields): Entry {
  const status = fields.text("Sts/Prtry") === undefined ? fields.must("Sts/Cd", fields.code) : "";
  return {
    amount: fields.must("Amt", fields.amount),
    direction: directionOf(fields),
    reversal: fields.flag("RvslInd") ?? false,
    status: entryStatuses.find((known) => known === status) ?? "other",
    bookedOn: fields.day("BookgDt"),
    valueOn: fields.day("ValDt"),
    reference: fields.text("AcctSvcrRef"),
  };
}

function directionOf(fields: Fields): Entry["direction"] {
  const indicator = fields.must("CdtDbtInd", fields.code);
  if (indicator !== "CRDT" && indicator !== "DBIT") {
    throw new Malformed(`${fields.where}/CdtDbtInd`, "is neither CRDT nor DBIT");
  }
  return indicator === "CRDT" ? "credit" : "debit";
}

/** The account whose notification `entry` stands in: an IBAN or the bank's own number. */
export function accountIn(entry: Fields): string {
  const notification = entry.up ?? entry;
  return (
    notification.text("Acct/Id/IBAN") ?? notification.must("Acct/Id/Othr/Id", notification.text)
  );
}

/** The batch an NtryDtls says it is. */
export const batchOf = (fields: Fields): Batch => ({
  messageId: fields.text("Btch/MsgId"),
  paymentInformationId: fields.text("Btch/PmtInfId"),
  count: fields.count("Btch/NbOfTxs"),
});
