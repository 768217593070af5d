import type { Handle } from "../base/handle.ts";
import type { Instant } from "../base/instant.ts";
import type { PartClass } from "../base/part-class.ts";
import type { Cover } from "../policy/erasure-forms.ts";

/** Whose data in which classes. */
export interface ErasedPerson {
  readonly insurer: string;
  readonly person: Handle;
  readonly classes: readonly PartClass[];
}

/** What the role `eraser` may do to the database, and nobody else. Every call may be repeated. Throws Unavailable. */
export interface EraserRows {
  /** Places where the person's ciphertexts lie, at most `limit`: first the streams about them, then single acts of theirs. */
  covers(erased: ErasedPerson, limit: number): Promise<readonly Cover[]>;
  /** Deletes the person's ciphertexts there. */
  deleteParts(erased: ErasedPerson, covers: readonly Cover[]): Promise<void>;
  /** Empties the state of the person's policies, claims, payouts and documents, or their amounts, by class. */
  blankState(erased: ErasedPerson): Promise<void>;
  /** Deletes the replies kept for the person. */
  deleteReplies(erased: ErasedPerson): Promise<void>;
  /** Deletes the rows that say which login the person is: whoever held it is nobody here from then on. */
  forgetPrincipal(erased: ErasedPerson): Promise<void>;
  /**
   * Persons of whom nothing is open, something is left, and the last of it was over by the day that is asked of the first class that is left: `wholeBy`
   * where nothing was erased, `moneyBy` after the rest was; by handle, after `after`, with when the last of it was over, in µs. At most `limit`.
   */
  over(
    insurer: string,
    due: { readonly wholeBy: Instant; readonly moneyBy: Instant },
    after: Handle,
    limit: number,
  ): Promise<readonly { readonly person: Handle; readonly closedAt: Instant }[]>;
  /** The person's claims, by handle, after `after`, at most `limit`; they are there after the erasure as before. */
  claims(
    insurer: string,
    person: Handle,
    after: Handle | "",
    limit: number,
  ): Promise<readonly Handle[]>;
  /** Claims that were erased, of persons of whom something was recorded since then, as an erasure is; by handle, after `after`, at most `limit`. */
  erasedSince(
    insurer: string,
    since: Instant,
    after: Handle | "",
    limit: number,
  ): Promise<readonly Handle[]>;
  /** Persons whose erasure was approved and is not completed, at most `limit`. */
  approved(insurer: string, limit: number): Promise<readonly Handle[]>;
}
