import type { DomainEvent } from "../base/event.ts";
import type { Fold } from "./fold.ts";

/** An act that was made again, before the fold takes it in. */
export interface SeenAct {
  readonly index: bigint;
  readonly event: DomainEvent;
}

/** Who is shown each act that was made again, with the fold as it is before it. */
export type Onlooker = (fold: Fold, act: SeenAct) => Promise<void>;
