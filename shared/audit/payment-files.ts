import { toHex } from "../base/bytes.ts";
import type { Handle } from "../base/handle.ts";
import type { Instant } from "../base/instant.ts";
import { Malformed } from "../base/malformed.ts";
import { sha256 } from "../base/sha256.ts";
import { type Proposed, proposedForm, type Released, releasedForm } from "../payout/forms.ts";
import { orderOf, paymentFileOf, type ReleasedPayout } from "../payout/payment-file.ts";
import { PaymentGathering } from "../payout/payment-gathering.ts";
import { type Finding, finding } from "./finding.ts";
import type { Cause } from "./opacity.ts";
import type { LogSource } from "./source.ts";

/** The bundle's copy of a payment file. */
export const paymentFileName = (file: Handle): string => `openings/payments/${file}.xml`;

/** How many payment files a log's open releases name, and how many of them were made again. */
export interface FileCount {
  readonly files: number;
  readonly rederived: number;
}

interface Wrong {
  readonly file: Handle;
  readonly index: bigint;
  readonly expected: string;
  readonly found: string;
}

/**
 * Payment files as releases say them, one after another, made again from what the log says of their payouts once the last of their payments was released. A
 * file some of whose payments are closed to this auditor can't be made.
 */
export class PaymentFiles {
  readonly #gathering = new PaymentGathering();
  /** Index of the first release that names each file. */
  readonly #first = new Map<Handle, bigint>();
  /** SHA-256 of each file that was made, in hexadecimal; undefined where no format can say what the log does. */
  readonly #made = new Map<Handle, string | undefined>();
  readonly #wrong: Wrong[] = [];
  #closed = 0n;
  /** Releases that this auditor can't read, though others may. */
  #unread = 0;

  /** Takes in a record on a payout, at `index`; without `content` it can't be read, for which `cause` is why. */
  take(
    index: bigint,
    { type, stream }: { type: string; stream: Handle },
    content: unknown,
    cause?: Cause,
  ): void {
    if (type === proposedForm.type && content) {
      this.#gathering.proposed(stream, content as Proposed);
    }
    if (type !== releasedForm.type) return;
    const released = content ? this.#gathering.released(stream, content as Released) : undefined;
    if (released) {
      this.#released(index, released);
      return;
    }
    // One payment of some file can't be read.
    this.#closed++;
    if (cause !== "erasure") this.#unread++;
  }

  #released(index: bigint, released: ReleasedPayout): void {
    const { file, filePayments } = released.state;
    if (file === null) return;
    const add = (expected: string, found: string) =>
      this.#wrong.push({ file, index, expected, found });
    if (!this.#first.has(file)) this.#first.set(file, index);
    if (this.#made.has(file)) {
      add(`${filePayments} payments in the file`, "one more");
      return;
    }
    const payouts = this.#gathering.gather(released);
    const some = payouts ?? this.#gathering.open.get(file) ?? [];
    const [first] = some;
    if (BigInt(some.length) > (filePayments ?? 0n)) {
      add(`${filePayments} payments in the file`, `${some.length}`);
    }
    if (first && !isSameOrder(first.state, released.state)) {
      add("the file, time and payer of its first payment", "others");
    }
    if (!payouts) return;
    const hash = hashOf(payouts);
    this.#made.set(file, hash instanceof Malformed ? undefined : hash);
    if (hash instanceof Malformed) add("payments that a file can say", hash.message);
    else if (hash !== released.state.fileHash) {
      add(`a file with SHA-256 ${hash}`, `SHA-256 ${released.state.fileHash}`);
    }
  }

  get count(): FileCount {
    return { files: this.#first.size, rederived: this.#made.size };
  }

  /** Whether a file of the bundle is the copy of one that could be made, or that another auditor may be able to make. */
  belongs(name: string): boolean {
    const file = /^openings\/payments\/([0-9a-f]{32})\.xml$/.exec(name)?.[1];
    return file !== undefined && (this.#made.get(file) !== undefined || this.#unread > 0);
  }

  /** What is wrong with the log's payment files, and with the bundle's copies of them. Files released before `whole` miss none. */
  async findings(origin: string, source: LogSource, whole: Instant): Promise<Finding[]> {
    const wrong = [...this.#wrong, ...this.#missing(whole)].map(
      ({ file, index, expected, found }) =>
        finding(origin, "payment-differs", { index, file: paymentFileName(file) }, expected, found),
    );
    for (const [file, hash] of this.#made) {
      if (hash === undefined || source.publicOnly || source.withoutCopies) continue;
      const at = { file: paymentFileName(file) };
      const expected = `a payment file with SHA-256 ${hash}`;
      const held = await heldHash(source, at.file);
      if (held === undefined) wrong.push(finding(origin, "file-missing", at, expected, "nothing"));
      else if (held !== hash) {
        wrong.push(finding(origin, "payment-differs", at, expected, `SHA-256 ${held}`));
      }
    }
    return wrong;
  }

  /** The first file of too few payments, where more are missing from files than there are releases that can't be read. One just released may go on. */
  #missing(whole: Instant): Wrong[] {
    const old = [...this.#gathering.open].filter(
      ([, [first]]) => (first?.state.releasedAt ?? whole) < whole,
    );
    const lackingIn = ([, payouts]: (typeof old)[number]): bigint => {
      const lacking = (payouts[0]?.state.filePayments ?? 0n) - BigInt(payouts.length);
      return lacking > 0n ? lacking : 0n;
    };
    const lacking = old.reduce((sum, one) => sum + lackingIn(one), 0n);
    const first = old.find((one) => lackingIn(one) > 0n);
    if (!first || lacking <= this.#closed) return [];
    const [file, payouts] = first;
    const expected = `${payouts[0]?.state.filePayments} payments in the file`;
    const index = this.#first.get(file) ?? 0n;
    return [{ file, index, expected, found: `${payouts.length}` }];
  }
}

function hashOf(payouts: readonly ReleasedPayout[]): string | Malformed {
  try {
    const bytes = paymentFileOf(payouts);
    return bytes ? toHex(sha256(bytes)) : new Malformed("payments", "are not as many as it says");
  } catch (error) {
    if (error instanceof Malformed) return error;
    throw error;
  }
}

/** The SHA-256 of the bundle's copy, or why it can't be read; undefined where there is none. */
async function heldHash(source: LogSource, name: string): Promise<string | undefined> {
  try {
    const bytes = await source.read(name);
    return bytes && toHex(sha256(bytes));
  } catch (error) {
    if (error instanceof Malformed) return error.message;
    throw error;
  }
}

/** Whether two payouts say the same of the file they are in. */
function isSameOrder(a: ReleasedPayout["state"], b: ReleasedPayout["state"]): boolean {
  const [one, other] = [orderOf(a), orderOf(b)];
  return (
    one?.releasedAt === other?.releasedAt &&
    one?.payer.name === other?.payer.name &&
    one?.payer.account === other?.payer.account &&
    one?.payer.bic === other?.payer.bic &&
    a.fileHash === b.fileHash &&
    a.filePayments === b.filePayments
  );
}
