import { type Handle, parseHandle } from "../base/handle.ts";
import { assert, unlessMalformed } from "../base/malformed.ts";

/**
 * The EndToEndId of a payout, which the bank carries to the payee and back: its handle in capitals, 32 of the 35 characters there are. The same
 * payout has the same one in every file, so a bank that looks for duplicates pays it once; a payout that pays another again has its own.
 */
export const endToEndIdOf = (payout: Handle): string => payout.toUpperCase();

/** The payout an EndToEndId names; undefined where it can't be one of ours. */
export const payoutOf = (endToEndId: string): Handle | undefined =>
  endToEndId === endToEndId.toUpperCase()
    ? unlessMalformed(() => parseHandle(endToEndId.toLowerCase(), "EndToEndId"))
    : undefined;

/** The MsgId of a payment file. */
export const messageIdOf = (file: Handle): string => file.toUpperCase();

/** Most payment informations (PmtInf) in a file: what two digits count. */
export const mostGroups = 99;

/** The PmtInfId of a file's `number`th payment information, from 1: its MsgId, a hyphen and the number. */
export function paymentInformationIdOf(file: Handle, number: number): string {
  assert(number >= 1 && number <= mostGroups, "a PmtInfId has 35 characters");
  return `${messageIdOf(file)}-${number}`;
}
