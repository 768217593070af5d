import { isRefusal, type Refusal } from "../../shared/base/refusal.ts";
import type { Receipt } from "../../shared/ports/claims.ts";

const pollMs = 250;

/** Waits `mostMs`, or less where a checkpoint is published meanwhile and somebody tells; gives the milliseconds it was. */
export type Pause = (mostMs: number) => Promise<number>;

/** Seconds of `Prefer: wait=N` (RFC 7240 §4.3), at most `most`; 0 without one. */
export function waitSeconds(prefer: string | undefined, most: number): number {
  const match = /(?:^|[,;\s])wait=(\d{1,4})(?=$|[,;\s])/i.exec(prefer ?? "");
  return Math.min(Number(match?.[1] ?? 0), most);
}

/** What `ask` gives once it is no longer pending, or after `seconds`. */
export async function receiptWithin(
  ask: () => Promise<Receipt | Refusal>,
  seconds: number,
  pause: Pause,
): Promise<Receipt | Refusal> {
  let receipt = await ask();
  for (let leftMs = seconds * 1000; isPending(receipt) && leftMs > 0; ) {
    leftMs -= await pause(Math.min(pollMs, leftMs));
    receipt = await ask();
  }
  return receipt;
}

/** Says that the wait was kept to, if one was asked for. */
export const waited = (seconds: number): Readonly<Record<string, string>> =>
  seconds > 0 ? { "preference-applied": `wait=${seconds}` } : {};

const isPending = (receipt: Receipt | Refusal): boolean =>
  !isRefusal(receipt) && "pending" in receipt;
