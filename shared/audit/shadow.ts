import { type Accumulator, accumulate, type Delta, type Subject } from "../base/accumulator.ts";
import type { DomainEvent } from "../base/event.ts";
import type { Handle } from "../base/handle.ts";
import type { Instant } from "../base/instant.ts";
import type { Currency } from "../base/money.ts";
import { isRefusal } from "../base/refusal.ts";
import { adjudicateClaim } from "../claim/adjudicate.ts";
import { type Decided, decidedDeltas, decidedForm } from "../claim/decided.ts";
import type { ClaimWorld } from "../claim/world.ts";
import type { CompiledPack } from "../coverage/compile.ts";
import type { Fold } from "./fold.ts";
import { readerFor } from "./grace.ts";
import type { SeenAct } from "./onlooker.ts";
import { claimWorld } from "./reader.ts";

/** What a decision says, as far as a change of rules shows in it. */
export interface Said {
  readonly outcome: Decided["outcome"];
  readonly minor: bigint;
  readonly reasonCode: string;
}

/** A decision of an earlier pack that would come out otherwise. */
export interface Change {
  readonly claim: Handle;
  readonly index: bigint;
  readonly decidedAt: Instant;
  readonly currency: Currency;
  readonly from: Said;
  readonly to: Said;
  /** What a person has ruled on the claim since; null where the pack's decision stands. */
  readonly ruled: Said | null;
}

/** What a shadow run has come to. Each claim counts once, by its newest decision of a pack. */
export interface ShadowTally {
  /** Claims whose newest decision by this pack's earlier versions was made again. */
  readonly judged: number;
  readonly changes: readonly Change[];
  /** Decisions that a later one of the pack superseded. */
  readonly superseded: number;
  /** Decisions of packs with another id, and of no pack. */
  readonly others: number;
  /** Decisions on claims in another currency than the pack's. */
  readonly otherCurrency: number;
  /** Decisions of persons. */
  readonly rulings: number;
}

interface Judged {
  readonly change: Change | null;
  /** What the pack would add to accumulators beyond what was added. */
  readonly moved: readonly Delta[];
}

/**
 * Makes the decisions of earlier versions of a pack again under `pack`, each on what the auditor's fold has before it. What the pack would have
 * paid more or less on earlier claims of a policy counts against its limits, until a person ruled on the claim: a ruling stands as it is.
 */
export class Shadow {
  readonly #pack: CompiledPack;
  readonly #judged = new Map<Handle, Judged>();
  /** What each accumulator would have beyond what it has. */
  readonly #beyond = new Map<Subject, Readonly<Record<string, bigint>>>();
  readonly #counts = { superseded: 0, others: 0, otherCurrency: 0, rulings: 0 };

  constructor(pack: CompiledPack) {
    this.#pack = pack;
  }

  get tally(): ShadowTally {
    const judged = [...this.#judged.values()];
    const changes = judged.flatMap(({ change }) => (change ? [change] : []));
    return { ...this.#counts, judged: judged.length, changes };
  }

  /** Looks at an act that the fold is about to take in. */
  async see(fold: Fold, { index, event }: SeenAct): Promise<void> {
    if (event.type !== decidedForm.type) return;
    const decided = event.content as Decided;
    const before = this.#judged.get(event.stream);
    if (decided.command.kind === "rule") {
      this.#counts.rulings += 1;
      const ruled = before?.change ? { ...before.change, ruled: saidBy(decided) } : null;
      if (before) this.#keep(event.stream, { change: ruled, moved: [] });
      return;
    }
    const world = await claimWorld(readerFor(fold, event, decided.now), event.stream);
    if (world?.cover?.pack.state.pack !== this.#pack.pack.id) this.#counts.others += 1;
    else if (world.claim.state.claimed.currency !== this.#pack.pack.currency) {
      this.#counts.otherCurrency += 1;
    } else {
      if (before) this.#counts.superseded += 1;
      this.#keep(event.stream, { change: null, moved: [] });
      this.#keep(event.stream, this.#judge(world, event, index));
    }
  }

  #judge(world: ClaimWorld, event: DomainEvent, index: bigint): Judged {
    const decided = event.content as Decided;
    const { claim, cover } = world;
    if (!cover) return { change: null, moved: [] };
    const pack = {
      ...cover.pack,
      state: { ...cover.pack.state, hash: this.#pack.hash },
      compiled: this.#pack,
    };
    const shadowed = { ...cover, accumulator: this.#moved(cover.accumulator), pack };
    const act = { kind: "machine", now: decided.now } as const;
    const again = adjudicateClaim({ ...world, cover: shadowed }, act);
    if (isRefusal(again)) return { change: null, moved: [] };
    const [from, to] = [saidBy(decided), saidBy(again.content as Decided)];
    const moved = [
      ...decidedDeltas(claim.state, again),
      ...decidedDeltas(claim.state, event).map(negative),
    ].filter(({ subject }) => subject.startsWith("policy/"));
    if (same(from, to)) return { change: null, moved };
    const { currency } = claim.state.claimed;
    const decidedAt = decided.now;
    const change = { claim: event.stream, index, decidedAt, currency, from, to, ruled: null };
    return { change, moved };
  }

  /** Puts `judged` in the place of what was judged of the claim before. */
  #keep(claim: Handle, judged: Judged): void {
    const gone = this.#judged.get(claim)?.moved ?? [];
    for (const { subject, add } of [...gone.map(negative), ...judged.moved]) {
      const values = this.#beyond.get(subject) ?? {};
      const row = accumulate({ subject, version: 0n, values }, { subject, add });
      this.#beyond.set(subject, row.values);
    }
    this.#judged.set(claim, judged);
  }

  /** The accumulator as it would be had the pack decided the claims before. */
  #moved(row: Accumulator): Accumulator {
    const { subject, version } = row;
    const add = this.#beyond.get(subject) ?? {};
    return { ...accumulate(row, { subject, add }), version };
  }
}

const saidBy = ({ outcome, award, reasonCode }: Decided): Said => ({
  outcome,
  minor: award.minor,
  reasonCode,
});

const same = (a: Said, b: Said): boolean =>
  a.outcome === b.outcome && a.minor === b.minor && a.reasonCode === b.reasonCode;

const negative = ({ subject, add }: Delta): Delta => ({
  subject,
  add: Object.fromEntries(Object.entries(add).map(([name, minor]) => [name, -minor])),
});
