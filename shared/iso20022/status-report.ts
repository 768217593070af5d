import { type Decimal, formatDecimal } from "./control-sum.ts";
import type { Discrepancy } from "./discrepancy.ts";
import type { Fields, ReportedAmount } from "./fields.ts";
import { amount, code, each, group, list, text } from "./forms.ts";
import { type MessageLimits, messageLimits } from "./message-limits.ts";
import {
  type MessageItem,
  type MessageReader,
  messageOf,
  messageReader,
} from "./message-reader.ts";
import { addTo, checkTallies, type Tallies } from "./status-tally.ts";

/** The versions a bank answers a pain.001.001.09 with: .10 is of the same year (2019); .03 is what banks on the 2009 set go on sending. */
export const statusReportVersions = ["pain.002.001.03", "pain.002.001.10"] as const;

/** ISO 20022 payment statuses that mean something to a payout; a bank may send others of an external list (`other`). */
export const paymentStatuses = [
  "ACTC",
  "RCVD",
  "ACCP",
  "ACSP",
  "ACSC",
  "ACWC",
  "PDNG",
  "PART",
  "RJCT",
] as const;
export type PaymentStatus = (typeof paymentStatuses)[number] | "other";

/** A status with the bank's reasons, codes of ExternalStatusReason1Code or words of the bank's own. */
export interface Status {
  readonly status: PaymentStatus;
  readonly code: string;
  readonly reasons: readonly string[];
}

/** What the bank repeats of the original: to be held against the file it answers. */
export interface Original {
  readonly count: bigint | undefined;
  readonly sum: string | undefined;
}

/** One thing a pain.002 says. Each closes after what it holds: payments, their batch, and so on; `where` is its element. */
export type StatusItem =
  | MessageItem
  | (Original & {
      readonly kind: "file";
      readonly where: string;
      readonly originalMessageId: string;
      readonly status: Status | undefined;
    })
  | (Original & {
      readonly kind: "batch";
      readonly where: string;
      readonly paymentInformationId: string;
      readonly status: Status | undefined;
    })
  | {
      readonly kind: "payment";
      readonly where: string;
      readonly paymentInformationId: string;
      readonly endToEndId: string | undefined;
      readonly status: Status | undefined;
      readonly amount: ReportedAmount | undefined;
      readonly reference: string | undefined;
    }
  | Discrepancy;

const reasons = list(group({ Rsn: code }), 32);
const perStatus = list(group({ DtldNbOfTxs: text, DtldSts: text, DtldCtrlSum: text }), 32);
const stated = {
  OrgnlNbOfTxs: text,
  OrgnlCtrlSum: text,
  StsRsnInf: reasons,
  NbOfTxsPerSts: perStatus,
};
const transaction = {
  StsId: text,
  OrgnlEndToEndId: text,
  TxSts: text,
  StsRsnInf: reasons,
  AcctSvcrRef: text,
  OrgnlTxRef: group({ Amt: group({ InstdAmt: amount }) }),
};
const original = { OrgnlMsgId: text, OrgnlMsgNmId: text, GrpSts: text, ...stated };

/**
 * Reads a CustomerPaymentStatusReport (pain.002) of {@link statusReportVersions} as its bytes come, in memory its length doesn't change. What it
 * states of its own content is held against it.
 */
export function statusReportReader(
  limits: MessageLimits = messageLimits,
): MessageReader<StatusItem> {
  return messageReader<StatusItem>(
    statusReportVersions,
    "CstmrPmtStsRpt",
    (give) => {
      const all: Tallies = new Map();
      let batch: Tallies = new Map();
      const transactions = each(transaction, (fields) => {
        const payment = paymentOf(fields);
        for (const tallies of [batch, all]) addTo(tallies, payment.status?.code, payment.amount);
        give(payment);
      });
      const information = { OrgnlPmtInfId: text, PmtInfSts: text, ...stated };
      const batches = each({ ...information, TxInfAndSts: transactions }, (fields) => {
        give(batchOf(fields), ...checkTallies(fields, batch));
        batch = new Map();
      });
      const report = {
        GrpHdr: group({ MsgId: text, CreDtTm: text }, (fields) => give(messageOf(fields))),
        OrgnlGrpInfAndSts: group(original, (fields) => give(fileOf(fields))),
        OrgnlPmtInfAndSts: batches,
      };
      return group(report, (fields) => {
        fields.must("GrpHdr", fields.group);
        give(...checkTallies(fields.must("OrgnlGrpInfAndSts", fields.group), all));
      });
    },
    limits,
  );
}

function statusOf(fields: Fields, path: string): Status | undefined {
  const found = fields.code(path);
  if (found === undefined) return undefined;
  const status = paymentStatuses.find((known) => known === found) ?? "other";
  const reasons = fields.all("StsRsnInf").flatMap((reason) => {
    const word = reason.text("Rsn/Cd") ?? reason.text("Rsn/Prtry");
    return word === undefined ? [] : [word];
  });
  return { status, code: found, reasons };
}

const sumText = (sum: Decimal | undefined): string | undefined =>
  sum === undefined ? undefined : formatDecimal(sum);

const originalOf = (fields: Fields): Original => ({
  count: fields.count("OrgnlNbOfTxs"),
  sum: sumText(fields.decimal("OrgnlCtrlSum")),
});

const fileOf = (fields: Fields): StatusItem => ({
  kind: "file",
  where: fields.where,
  originalMessageId: fields.must("OrgnlMsgId", fields.text),
  status: statusOf(fields, "GrpSts"),
  ...originalOf(fields),
});

const batchOf = (fields: Fields): StatusItem => ({
  kind: "batch",
  where: fields.where,
  paymentInformationId: fields.must("OrgnlPmtInfId", fields.text),
  status: statusOf(fields, "PmtInfSts"),
  ...originalOf(fields),
});

function paymentOf(fields: Fields): StatusItem & { readonly kind: "payment" } {
  const batch = fields.up ?? fields;
  return {
    kind: "payment",
    where: fields.where,
    paymentInformationId: batch.must("OrgnlPmtInfId", batch.text),
    endToEndId: fields.text("OrgnlEndToEndId"),
    status: statusOf(fields, "TxSts"),
    amount: fields.amount("OrgnlTxRef/Amt/InstdAmt"),
    reference: fields.text("AcctSvcrRef") ?? fields.text("StsId"),
  };
}
