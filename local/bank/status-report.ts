import type { Money } from "../../shared/base/codec.ts";
import { formatAmount } from "../../shared/base/money.ts";
import { amountLeaf, leaf, message, node } from "./xml.ts";

/** What the bank says of one payment. */
export interface PaymentStatusLine {
  readonly endToEndId: string;
  readonly status: string;
  readonly reason?: string;
  readonly amount?: Money;
  readonly reference?: string;
}

/** A payment status report: what the bank says of a file, its batches and payments, each only where it says something. */
export interface StatusReport {
  readonly version?: "pain.002.001.03" | "pain.002.001.10";
  readonly messageId: string;
  /** ISO 8601 with seconds. */
  readonly createdAt: string;
  readonly original: { readonly messageId: string; readonly count: number; readonly sum: string };
  readonly status?: string;
  readonly reason?: string;
  readonly batches?: readonly {
    readonly paymentInformationId: string;
    readonly status?: string;
    readonly payments: readonly PaymentStatusLine[];
  }[];
}

/** Text of a pain.002. The number of payments per status counts those that are listed. */
export function formatStatusReport(report: StatusReport): string {
  const { version = "pain.002.001.10", messageId, createdAt, original, batches = [] } = report;
  const header = node("GrpHdr", leaf("MsgId", messageId), leaf("CreDtTm", createdAt));
  const file = node(
    "OrgnlGrpInfAndSts",
    leaf("OrgnlMsgId", original.messageId),
    leaf("OrgnlMsgNmId", "pain.001.001.09"),
    leaf("OrgnlNbOfTxs", `${original.count}`),
    leaf("OrgnlCtrlSum", original.sum),
    leaf("GrpSts", report.status),
    reasonNode(report.reason),
  );
  const informations = batches.map(({ paymentInformationId, status, payments }) =>
    node(
      "OrgnlPmtInfAndSts",
      leaf("OrgnlPmtInfId", paymentInformationId),
      leaf("OrgnlNbOfTxs", `${payments.length}`),
      leaf("PmtInfSts", status),
      ...perStatus(payments),
      ...payments.map(paymentNode),
    ),
  );
  return message(version, node("CstmrPmtStsRpt", header, file, ...informations));
}

const reasonNode = (reason: string | undefined): string =>
  node("StsRsnInf", node("Rsn", leaf("Cd", reason)));

function perStatus(payments: readonly PaymentStatusLine[]): string[] {
  const counts = new Map<string, number>();
  for (const { status } of payments) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts].map(([status, count]) =>
    node("NbOfTxsPerSts", leaf("DtldNbOfTxs", `${count}`), leaf("DtldSts", status)),
  );
}

const paymentNode = ({ endToEndId, status, reason, amount, reference }: PaymentStatusLine) =>
  node(
    "TxInfAndSts",
    leaf("OrgnlEndToEndId", endToEndId),
    leaf("TxSts", status),
    reasonNode(reason),
    leaf("AcctSvcrRef", reference),
    node("OrgnlTxRef", node("Amt", amount ? instructed(amount) : "")),
  );

const instructed = ({ minor, currency }: Money): string =>
  amountLeaf("InstdAmt", currency, formatAmount(minor, currency));
