import type { ActorKind } from "../base/actor.ts";
import type { Json } from "../base/canonical.ts";
import type { Money } from "../base/codec.ts";
import type { Handle } from "../base/handle.ts";
import type { Instant } from "../base/instant.ts";

/** What a decision's record shows of itself to anyone who holds it. */
export interface LetterHead {
  readonly claim: Handle;
  /** The insurer's id: the last part of the log's origin. */
  readonly insurer: string;
  readonly actor: ActorKind;
}

interface Citation {
  readonly clause: string;
  readonly text: string;
}

/** The sealed content of a decision that a letter is made from, and nothing else: claim/decided.ts has it. */
export interface Explained {
  readonly now: Instant;
  readonly command:
    | { readonly kind: "adjudicate" }
    | {
        readonly kind: "rule";
        readonly ruling: {
          readonly reasonCode: string;
          readonly reason: string;
          readonly fileOpenedAt: Instant;
          readonly documentsOpened: readonly object[];
        };
      };
  readonly inputs: readonly { readonly field: string; readonly value: Json }[];
  /** The fund of the pack that pays; absent or null where there is none. */
  readonly pack?: { readonly fund?: string | null } | null;
  readonly trace: readonly Json[];
  readonly outcome: "PAY" | "PAY_PART" | "REFER" | "DENY";
  readonly award: Money;
  readonly reductions: readonly {
    readonly reasonCode: string;
    readonly amount: Money;
    readonly citation: Citation | null;
  }[];
  readonly reasonCode: string;
  readonly citation: Citation | null;
  readonly supersedes: bigint | null;
}
