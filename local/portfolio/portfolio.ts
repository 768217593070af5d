import type { Money } from "../../shared/base/codec.ts";
import type { Day } from "../../shared/base/day.ts";
import type { Currency } from "../../shared/base/money.ts";
import type { Outcome } from "../../shared/claim/state.ts";
import type { Submission } from "../../shared/claim/submission.ts";

/** The pack that pays what a plan's schedule contracts. */
export const schedulePack = "plan-schedule";
/** The critical-illness pack of the seeded portfolio. */
export const xiangHuBaoPack = "xiang-hu-bao-2020";

/** A tenant of the portfolio; an intake has no policies, packs or payouts. */
export interface PortfolioInsurer {
  /** `[a-z0-9-]{1,63}`: the last part of its log's origin. */
  readonly id: string;
  readonly kind: "insurer" | "intake";
  readonly pack: string | null;
  readonly currency: Currency;
}

/** Cover of one person from `startDay` (inclusive) to `endDay` (exclusive, null: open). */
export interface PortfolioPolicy {
  readonly key: string;
  readonly insurer: string;
  /** A person key: an ordinal, never a name or an id of the source. */
  readonly insured: string;
  readonly startDay: Day;
  readonly endDay: Day | null;
  readonly coverage: string;
  readonly birthDay: Day | null;
  readonly limit: Money | null;
  readonly pack: string;
}

/** How a claim stands to the cover its source shows. Only "covered" can be paid. */
export type Eligibility = "covered" | "outside-window" | "no-policy" | "no-insurer";

/** One claim to submit through the insurer's intake on behalf of `insured`. */
export interface PortfolioClaim {
  readonly key: string;
  readonly insurer: string;
  /** Key of the policy the claim names, of the same insurer and person; null: none. */
  readonly policy: string | null;
  readonly insured: string;
  readonly submission: Omit<Submission, "policy" | "onBehalfOf">;
  readonly eligibility: Eligibility;
  /** The cover is there and its schedule says zero: the simulated adjuster confirms it. */
  readonly confirmZero: boolean;
  /** What the pack is expected to say, where the source itself shows it. */
  readonly expected?: { readonly outcome: Exclude<Outcome, "DENY">; readonly minor: bigint };
}

/** A row that was left out: physical line of the decompressed file (the header is line 1) and why. */
export interface Rejection {
  readonly file: string;
  readonly line: number;
  readonly reason: string;
}

/** A whole portfolio, in memory. */
export interface Portfolio {
  readonly insurers: readonly PortfolioInsurer[];
  readonly policies: readonly PortfolioPolicy[];
  readonly claims: readonly PortfolioClaim[];
  readonly rejected: readonly Rejection[];
  readonly persons: number;
}

/** A portfolio that can't be read at all: a missing folder, file or column, or a broken archive. One sentence that names it. */
export class PortfolioError extends Error {
  override readonly name = "PortfolioError";
}
