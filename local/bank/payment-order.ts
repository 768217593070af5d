import type { Money } from "../../shared/base/codec.ts";
import { type Day, parseDay } from "../../shared/base/day.ts";
import { unlessMalformed } from "../../shared/base/malformed.ts";
import { isCurrency, minorDigits, parseAmount } from "../../shared/base/money.ts";

/** One payment a customer orders. */
export interface Order {
  readonly paymentInformationId: string;
  readonly endToEndId: string;
  readonly amount: Money;
  readonly day: Day;
  readonly debtorAccount: string;
  readonly creditor: { readonly name: string; readonly account: string };
}

/** A payment file as the bank takes it. Counts and sums are those it states, and hold. */
export interface OrderFile {
  readonly messageId: string;
  readonly count: number;
  readonly sum: string;
  readonly orders: readonly Order[];
}

/**
 * Why a bank takes nothing of a file, as ISO 20022's ExternalStatusReason1Code has it: no pain.001.001.09 it can read (FF01), a sum (AM10) or count
 * (AM18) that doesn't hold, one EndToEndId (DU04) or PmtInfId (DU02) twice, no amount (AM01), another currency than it books in (AM03).
 */
export type FileReason = "FF01" | "AM10" | "AM18" | "DU04" | "DU02" | "AM01" | "AM03";
export interface RefusedFile {
  readonly reason: FileReason;
  readonly messageId: string | undefined;
}

const inside = (text: string, name: string): string[] =>
  [...text.matchAll(new RegExp(`<${name}>([\\s\\S]*?)</${name}>`, "g"))].map(
    ([, inner = ""]) => inner,
  );
const one = (text: string, name: string): string => inside(text, name)[0] ?? "";
const textOf = (text: string, name: string): string =>
  one(text, name)
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");
/** The IBAN or other number of an account: the innermost text of its Id. */
const accountOf = (text: string, name: string): string =>
  /<(?:IBAN|Id)>([^<\s]+)</.exec(one(text, name))?.[1] ?? "";
const tooMany = 10_000;

/** Reads a customer's pain.001.001.09 the way the bank's own system does: by its text, with nothing of what wrote it. */
export function readPaymentOrder(bytes: Uint8Array): OrderFile | RefusedFile {
  const text = new TextDecoder().decode(bytes);
  const header = one(text, "GrpHdr");
  const messageId = textOf(header, "MsgId") || undefined;
  const refused = (reason: FileReason): RefusedFile => ({ reason, messageId });
  const batches = inside(text, "PmtInf");
  if (!text.includes(":pain.001.001.09") || messageId === undefined) return refused("FF01");
  if (batches.length === 0 || inside(text, "CdtTrfTxInf").length > tooMany) return refused("FF01");
  const orders: Order[] = [];
  for (const batch of batches) {
    const found = inside(batch, "CdtTrfTxInf").map((transfer) => orderOf(batch, transfer));
    for (const order of found) {
      if (typeof order === "string") return refused(order);
      orders.push(order);
    }
    const reason = disagreement(batch.slice(0, batch.indexOf("<CdtTrfTxInf>")), batch);
    if (reason) return refused(reason);
  }
  if (repeats(batches.map((batch) => one(batch, "PmtInfId")))) return refused("DU02");
  if (repeats(orders.map(({ endToEndId }) => endToEndId))) return refused("DU04");
  const reason = disagreement(header, text);
  if (reason) return refused(reason);
  return { messageId, count: orders.length, sum: one(header, "CtrlSum"), orders };
}

const repeats = (ids: readonly string[]): boolean => new Set(ids).size < ids.length;

function orderOf(batch: string, transfer: string): Order | FileReason {
  const [, currency = "", decimal = ""] =
    /<InstdAmt Ccy="([A-Z]{3})">([0-9.]+)<\/InstdAmt>/.exec(transfer) ?? [];
  if (!isCurrency(currency)) return "AM03";
  const minor = unlessMalformed(() => parseAmount(decimal, currency, "InstdAmt"));
  const day = unlessMalformed(() => parseDay(one(one(batch, "ReqdExctnDt"), "Dt"), "ReqdExctnDt"));
  const order = {
    paymentInformationId: textOf(batch, "PmtInfId"),
    endToEndId: textOf(transfer, "EndToEndId"),
    debtorAccount: accountOf(batch, "DbtrAcct"),
    creditor: {
      name: textOf(one(transfer, "Cdtr"), "Nm"),
      account: accountOf(transfer, "CdtrAcct"),
    },
  };
  const { creditor, ...ids } = order;
  if (minor === 0n) return "AM01";
  if (minor === undefined || day === undefined) return "FF01";
  if (Object.values({ ...ids, ...creditor }).includes("")) return "FF01";
  return { ...order, amount: { minor, currency }, day };
}

/** Why the count or sum that `stated` states is not that of the amounts in `held`; thousandths, the finest unit there is. */
function disagreement(stated: string, held: string): FileReason | undefined {
  const amounts = [...held.matchAll(/<InstdAmt[^>]*>([0-9.]+)</g)];
  const sum = amounts.reduce((total, [, decimal = ""]) => total + thousandths(decimal), 0n);
  if (one(stated, "NbOfTxs") !== `${amounts.length}`) return "AM18";
  return thousandths(one(stated, "CtrlSum")) === sum ? undefined : "AM10";
}

const finest = Math.max(...Object.values(minorDigits));

function thousandths(decimal: string): bigint {
  const [whole = "", fraction = ""] = decimal.split(".");
  return /^[0-9]+$/.test(whole + fraction) && fraction.length <= finest
    ? BigInt(whole + fraction.padEnd(finest, "0"))
    : -1n;
}
