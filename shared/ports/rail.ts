import type { Handle } from "../base/handle.ts";

/** A payment file on its way to the bank: a pain.001.001.09 and the payouts in it. */
export interface OutgoingFile {
  readonly file: Handle;
  readonly payouts: readonly Handle[];
  readonly bytes: Uint8Array;
}

/** A message the bank left for us, a pain.002 or a camt.054 by its own account, as its bytes come. */
export interface BankMessage {
  /** What the rail calls it. */
  readonly name: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/**
 * A way to a bank and back. Nothing is ever known of a `send` that threw Unavailable: the same bytes are sent again, under the same identifiers,
 * by which the bank pays once. Messages come late, twice and in any order, until each is acknowledged.
 */
export interface Rail {
  /** Most payments of one file. */
  readonly mostPayments: number;
  /**
   * Hands the file to the bank for `insurer`. "conflict": the bank has other bytes under the same identifier, and took none of these. Throws Unavailable.
   */
  send(insurer: string, file: OutgoingFile): Promise<"sent" | "conflict">;
  /** What the bank has left for `insurer`, each at least once until it is acknowledged. Throws Unavailable. */
  messages(insurer: string): AsyncIterable<BankMessage>;
  /** The message may go: what it says is recorded. One that is gone is fine. Throws Unavailable. */
  acknowledge(insurer: string, name: string): Promise<void>;
  /** The message can't be read and comes no more, but is kept for whoever looks into it, where the rail can keep it. One that is gone is fine. Throws Unavailable. */
  setAside(insurer: string, name: string): Promise<void>;
}
