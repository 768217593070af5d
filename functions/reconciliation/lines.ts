import type { Handle } from "../../shared/base/handle.ts";
import { parseHandle } from "../../shared/base/handle.ts";
import { unlessMalformed } from "../../shared/base/malformed.ts";
import { payoutOf } from "../../shared/iso20022/identifiers.ts";
import type { NotificationItem } from "../../shared/iso20022/notification-item.ts";
import type { StatusItem } from "../../shared/iso20022/status-report.ts";
import type { Break } from "../../shared/ports/bank-rows.ts";
import type { BankReport } from "../payouts/reports.ts";

/** What a message says of payouts, and what in it concerns none. */
export interface Said {
  readonly lines: readonly BankReport[];
  readonly breaks: readonly Break[];
}

/**
 * What a notification says: a booked debit with our EndToEndId is a payout settled, a booked credit with it one that came back, however the bank says
 * so (RvslInd, a return reason, or neither). What is pending or only told is passed over, and so are credits that are nobody's payout: others pay into an
 * account too. A debit that names no payment, or one that is none of ours, is a break.
 */
export function notificationSays(items: readonly NotificationItem[], message: string): Said {
  const lines: BankReport[] = [];
  const breaks: Break[] = [];
  const open = (kind: Break["kind"]): void => {
    if (!breaks.some((each) => each.kind === kind)) breaks.push({ kind, about: null, message });
  };
  for (const item of items) {
    if (item.kind === "entry" && item.transactions === 0n && isBookedDebit(item.entry)) {
      open("unexplained");
    }
    if (item.kind !== "transaction" || item.entry.status !== "BOOK") continue;
    const payout = payoutOf(item.endToEndId ?? "");
    const back = item.direction === "credit";
    if (payout === undefined) {
      if (!back) open(isNoId(item.endToEndId) ? "unexplained" : "unknown-payment");
      continue;
    }
    const { amount, reference = item.entry.reference ?? "" } = item;
    lines.push({
      payout,
      report: back ? "returned" : "settled",
      ...(amount ? { amount } : {}),
      reference,
      message,
      account: item.account,
    });
  }
  return { lines, breaks };
}

const isBookedDebit = ({ status, direction }: { status: string; direction: string }): boolean =>
  status === "BOOK" && direction === "debit";

/** What ISO 20022 has banks write where a payment has no EndToEndId. */
const isNoId = (endToEndId: string | undefined): boolean =>
  endToEndId === undefined || endToEndId === "" || endToEndId === "NOTPROVIDED";

/** A payment file as we sent it: how many payments, their sum as it states it, and the payouts of each PmtInf; no count and sum once it can't be made again. */
export interface KnownFile {
  readonly count?: bigint;
  readonly sum?: string;
  readonly batches: ReadonlyMap<string, readonly Handle[]>;
}

type Of<Kind> = Extract<StatusItem, { readonly kind: Kind }>;

/** The file a report answers, by its MsgId; undefined where that is no file's handle. */
export function fileOf(items: readonly StatusItem[]): Handle | undefined {
  const named = items.find((item): item is Of<"file"> => item.kind === "file")?.originalMessageId;
  return named !== undefined && named === named.toUpperCase()
    ? unlessMalformed(() => parseHandle(named.toLowerCase(), "OrgnlMsgId"))
    : undefined;
}

/**
 * What a status report says of a file we sent. A payment has its own status, else its batch's, else the file's; of a batch or file that is rejected
 * and lists no payments, all are. Only a rejection is a line: that a bank took a payment on moves nothing. A file that is not ours, or one of another
 * count or sum, is a break, and nothing of the report counts.
 */
export function reportSays(
  items: readonly StatusItem[],
  known: KnownFile | undefined,
  message: string,
): Said {
  const only = (kind: Break["kind"]): Said => ({
    lines: [],
    breaks: [{ kind, about: null, message }],
  });
  if (!known) return only("unknown-file");
  const file = items.find((item): item is Of<"file"> => item.kind === "file");
  const other = file && differs(file, known);
  if (!file || other) return only("other-file");
  const batchStatus = new Map(
    items.flatMap((item) =>
      item.kind === "batch" ? [[item.paymentInformationId, item.status] as const] : [],
    ),
  );
  const carried = new Set([...known.batches.values()].flat());
  const listed = new Map<Handle, BankReport | undefined>();
  let foreign = false;
  for (const item of items) {
    if (item.kind !== "payment") continue;
    const payout = payoutOf(item.endToEndId ?? "");
    if (payout === undefined || !carried.has(payout)) {
      foreign = true;
      continue;
    }
    const status = item.status ?? batchStatus.get(item.paymentInformationId) ?? file.status;
    const { reference = "", amount } = item;
    const about = { payout, ...(amount ? { amount } : {}), reference, message };
    const line = status?.status === "RJCT" ? { ...about, report: "rejected" as const } : undefined;
    // A report that says two things of one payment can't be believed.
    if (listed.has(payout) && (listed.get(payout) === undefined) !== (line === undefined)) {
      return only("wrong-totals");
    }
    listed.set(payout, line);
  }
  const lines = [...listed.values()].flatMap((line) => (line ? [line] : []));
  for (const [batch, payouts] of known.batches) {
    const status = batchStatus.get(batch) ?? file.status;
    if (status?.status !== "RJCT") continue;
    for (const payout of payouts) {
      if (!listed.has(payout)) lines.push({ payout, report: "rejected", reference: "", message });
    }
  }
  return { lines, breaks: foreign ? only("unknown-payment").breaks : [] };
}

const differs = (file: Of<"file">, known: KnownFile): boolean =>
  (file.count !== undefined && known.count !== undefined && file.count !== known.count) ||
  (file.sum !== undefined && known.sum !== undefined && trimmed(file.sum) !== trimmed(known.sum));

/** A decimal without zeros that say nothing. */
const trimmed = (decimal: string): string =>
  decimal.includes(".") ? decimal.replace(/\.?0+$/, "") : decimal;
