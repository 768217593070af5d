import type { ActorKind, Credential } from "../base/actor.ts";
import { canonicalText } from "../base/canonical.ts";
import type { Handle } from "../base/handle.ts";
import type { Instant } from "../base/instant.ts";
import type { Decided } from "../claim/decided.ts";

/** One denial as its decision tells it. `actor` is null where nobody signed: a forged one. */
export interface Denial {
  readonly index: bigint;
  readonly actor: Handle | null;
  readonly kind: ActorKind;
  readonly credential: Credential | null;
  readonly openedAt: Instant;
  readonly decidedAt: Instant;
  /** How many documents of the file they say they opened. */
  readonly documents: number;
}

/** What one actor denied in one log. */
export interface ActorDenials {
  readonly actor: Handle | null;
  readonly kind: ActorKind;
  readonly simulated: boolean;
  readonly count: number;
  /** The median of the seconds between opening the file and denying, to a tenth; of two in the middle their mean. */
  readonly medianOpenSeconds: number;
  /** Denials that say no document was opened. */
  readonly withoutDocuments: number;
  /** How many credentials they used. */
  readonly credentials: number;
  readonly batches: readonly Batch[];
}

/** Denials of one actor that go together: how many, and the first and last of their entries. */
export interface Batch {
  readonly count: number;
  readonly first: string;
  readonly last: string;
}

/** A minute: two denials whose files were opened, or that were decided, no further apart are of one batch. */
export const batchGapUs = 60_000_000n;

/** The denial in a decision; undefined if it is none. */
export function denialIn(index: bigint, decided: Decided, kind: ActorKind): Denial | undefined {
  const { command, outcome, by, now } = decided;
  if (outcome !== "DENY") return undefined;
  const ruling = command.kind === "rule" ? command.ruling : undefined;
  return {
    index,
    actor: by?.person ?? null,
    kind,
    credential: by?.credential ?? null,
    openedAt: ruling?.fileOpenedAt ?? now,
    decidedAt: now,
    documents: ruling?.documentsOpened.length ?? 0,
  };
}

/** Denials by actor: real persons first, most denials first, then by handle. */
export function denialsByActor(denials: readonly Denial[]): ActorDenials[] {
  const groups = groupsOf(denials, ({ actor, kind }) => `${kind}/${actor}`);
  return [...groups.values()].map(summed).sort(byWeight);
}

/** Items by key, in order; Node 20, under which the audit also runs, has no Map.groupBy. */
function groupsOf<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

function summed(some: readonly Denial[]): ActorDenials {
  const { actor = null, kind = "machine" } = some[0] ?? {};
  const credentials = new Set(some.map(({ credential }) => canonicalText(credential)));
  return {
    actor,
    kind,
    simulated: kind === "simulated",
    count: some.length,
    medianOpenSeconds: median(some.map(({ openedAt, decidedAt }) => decidedAt - openedAt)),
    withoutDocuments: some.filter(({ documents }) => documents === 0).length,
    credentials: credentials.size,
    batches: batchesIn(some),
  };
}

function byWeight(a: ActorDenials, b: ActorDenials): number {
  if (a.simulated !== b.simulated) return a.simulated ? 1 : -1;
  return b.count - a.count || (`${a.actor}` < `${b.actor}` ? -1 : 1);
}

/** The median of microseconds, in tenths of a second. */
function median(all: readonly bigint[]): number {
  const sorted = all.toSorted(ascending);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0n;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0n;
  return Number((lower + upper) / 200_000n) / 10;
}

const ascending = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Runs of two or more: neighbours in the order of opening, or in that of deciding, no more than a minute apart. So files opened together and
 * decided one by one are a batch, and so are files opened one by one and decided together.
 */
function batchesIn(denials: readonly Denial[]): Batch[] {
  const parents = denials.map((_, at) => at);
  const rootOf = (at: number): number => {
    let root = at;
    while (parents[root] !== root) root = parents[root] as number;
    parents[at] = root;
    return root;
  };
  for (const time of ["openedAt", "decidedAt"] as const) {
    const order = denials.map((denial, at) => ({ at, when: denial[time] }));
    order.sort((a, b) => ascending(a.when, b.when));
    for (const [place, { at, when }] of order.entries()) {
      const next = order[place + 1];
      if (next && next.when - when <= batchGapUs) parents[rootOf(next.at)] = rootOf(at);
    }
  }
  const runs = groupsOf([...denials.keys()], rootOf);
  return [...runs.values()]
    .filter(({ length }) => length > 1)
    .map((run) => run.map((at) => denials[at]?.index ?? 0n).sort(ascending))
    .sort((a, b) => ascending(a[0] ?? 0n, b[0] ?? 0n))
    .map((run) => ({ count: run.length, first: `${run[0]}`, last: `${run.at(-1)}` }));
}
