import type { Handle } from "../base/handle.ts";
import type { Proposed, Released } from "./forms.ts";
import type { ReleasedPayout } from "./payment-file.ts";

/** The payouts of a log by the payment file that carries them, as its records come. */
export class PaymentGathering {
  readonly #proposed = new Map<Handle, Proposed>();
  readonly #open = new Map<Handle, ReleasedPayout[]>();

  /** Takes in what a payout was proposed as. */
  proposed(payout: Handle, content: Proposed): void {
    this.#proposed.set(payout, content);
  }

  /** A payout as its proposal and its release say it; undefined where its proposal is not known. */
  released(payout: Handle, { file, payer, now }: Released): ReleasedPayout | undefined {
    const proposed = this.#proposed.get(payout);
    if (!proposed) return undefined;
    this.#proposed.delete(payout);
    const { claim, amount, payee } = proposed;
    const { handle, sha256: fileHash, payments: filePayments } = file;
    const order = { file: handle, releasedAt: now, fileHash, filePayments, payer };
    return { payout, state: { claim, amount, payee, ...order } };
  }

  /** Puts a released payout with the others of its file; gives all of them where it is the last. */
  gather(released: ReleasedPayout): readonly ReleasedPayout[] | undefined {
    const { file, filePayments } = released.state;
    if (file === null) return undefined;
    const payouts = [...(this.#open.get(file) ?? []), released];
    this.#open.set(file, payouts);
    if (BigInt(payouts.length) !== filePayments) return undefined;
    this.#open.delete(file);
    return payouts;
  }

  /** Files some of whose payments have not come, with those that have. */
  get open(): ReadonlyMap<Handle, readonly ReleasedPayout[]> {
    return this.#open;
  }
}
