import { Malformed } from "../base/malformed.ts";
import {
  checkBatch,
  checkDetails,
  detailOf,
  EntryTotals,
  noDetails,
  plus,
} from "./entry-totals.ts";
import { amount, code, each, type Form, group, text } from "./forms.ts";
import { type MessageLimits, messageLimits } from "./message-limits.ts";
import { type MessageReader, messageOf, messageReader } from "./message-reader.ts";
import { accountIn, batchOf, entryOf, transactionOf } from "./notification-fields.ts";
import type { Batch, Entry, NotificationItem, ReportedTransaction } from "./notification-item.ts";

/** The versions of the same three years: .08 (2019) goes with pain.001.001.09; .04 (2013) and .02 (2009) are what older set-ups go on sending. */
export const notificationVersions = [
  "camt.054.001.02",
  "camt.054.001.04",
  "camt.054.001.08",
] as const;

const numberAndSum = group({ NbOfNtries: text, Sum: text });
const dateOrTime = group({ Dt: text, DtTm: text });
const references = { EndToEndId: text, PmtInfId: text, AcctSvcrRef: text, TxId: text };
const transaction = {
  Refs: group(references),
  Amt: amount,
  CdtDbtInd: text,
  AmtDtls: group({ TxAmt: group({ Amt: amount }) }),
  RtrInf: group({ Rsn: code }),
};
const head = {
  Amt: amount,
  CdtDbtInd: text,
  RvslInd: text,
  Sts: code,
  BookgDt: dateOrTime,
  ValDt: dateOrTime,
  AcctSvcrRef: text,
};
const batch = group({ MsgId: text, PmtInfId: text, NbOfTxs: text, TtlAmt: amount });
const account = group({ IBAN: text, Othr: group({ Id: text }) });
const summary = group({
  TtlNtries: numberAndSum,
  TtlCdtNtries: numberAndSum,
  TtlDbtNtries: numberAndSum,
});

type Give = (...items: readonly NotificationItem[]) => void;

/**
 * Reads a BankToCustomerDebitCreditNotification (camt.054) of {@link notificationVersions} as its bytes come, in memory its length doesn't
 * change. What it states of its own content is held against it.
 */
export function notificationReader(
  limits: MessageLimits = messageLimits,
): MessageReader<NotificationItem> {
  return messageReader<NotificationItem>(
    notificationVersions,
    "BkToCstmrDbtCdtNtfctn",
    (give) => {
      let totals = new EntryTotals();
      const entries = entryForm(give, (entry) => totals.add(entry));
      const notification = { Acct: group({ Id: account }), TxsSummry: summary, Ntry: entries };
      const notifications = each(notification, (fields) => {
        give(...totals.check(fields));
        totals = new EntryTotals();
      });
      const head = group({ MsgId: text, CreDtTm: text }, (fields) => give(messageOf(fields)));
      return group({ GrpHdr: head, Ntfctn: notifications }, (fields) => {
        fields.must("GrpHdr", fields.group);
      });
    },
    limits,
  );
}

/** Most batches of one entry: banks book one at a time. */
const mostBatches = 100;

/** An entry, whose transactions are given as they close, but for the last, which waits for the entry's end: it may be the only one. */
function entryForm(give: Give, add: (entry: Entry) => void): Form {
  let [entry, waiting]: [Entry | undefined, ReportedTransaction | undefined] = [
    undefined,
    undefined,
  ];
  let [inEntry, inDetails] = [noDetails, noDetails];
  let batches: Batch[] = [];
  const transactions = each(transaction, (fields) => {
    // The schema has what an entry is before its details.
    entry ??= entryOf(fields.up?.up ?? fields);
    const found = transactionOf(fields, entry);
    if (waiting) give(waiting);
    waiting = found;
    inDetails = plus(inDetails, detailOf(found.entry, found.amount, found.direction));
  });
  const details = each({ Btch: batch, TxDtls: transactions }, (fields) => {
    if (batches.length === mostBatches) {
      throw new Malformed(fields.where, `repeats more than ${mostBatches} times`);
    }
    if (fields.has("Btch")) batches.push(batchOf(fields));
    give(...checkBatch(fields, inDetails));
    [inEntry, inDetails] = [plus(inEntry, inDetails), noDetails];
  });
  return each({ ...head, NtryDtls: details }, (fields) => {
    const closed = entry ?? entryOf(fields);
    const { count } = inEntry;
    if (waiting) {
      give(count === 1n ? { ...waiting, amount: waiting.amount ?? closed.amount } : waiting);
    }
    give(...checkDetails(fields, closed, inEntry), {
      kind: "entry",
      where: fields.where,
      account: accountIn(fields),
      entry: closed,
      transactions: count,
      batches,
    });
    add(closed);
    [entry, waiting, inEntry, batches] = [undefined, undefined, noDetails, []];
  });
}
