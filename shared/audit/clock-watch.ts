import type { DomainEvent, Seen, StreamKind } from "../base/event.ts";
import type { Handle } from "../base/handle.ts";
import { formatInstant, type Instant, minuteStart, newest } from "../base/instant.ts";
import {
  breachedForm,
  type ClockedClaim,
  type Running,
  ruleFor,
  runningClocks,
} from "../claim/breach.ts";
import { type Proposed, proposedForm } from "../payout/forms.ts";
import { orderedOf } from "../payout/ordered.ts";
import type { PayoutState } from "../payout/state.ts";
import { type Finding, finding } from "./finding.ts";
import type { StateOf } from "./streams.ts";

/** How long after a clock ran out its breach may be recorded: a day, within which whoever runs the log notices that its jobs stand still. */
export const recordedWithinUs = 86_400_000_000n;

/** A claim as its clocks need it, with its payouts. */
export interface Watched extends ClockedClaim {
  readonly payouts: readonly Seen<PayoutState>[];
  /** Since when what its clocks go by stands: the newer of when the clocks in force were published and when its policy was endorsed. */
  readonly standsSince: Instant;
}

/** A claim's clocks after its record at `index`: since when each run of one was seen. */
interface KnownRuns {
  readonly index: bigint;
  readonly runs: ReadonlyMap<string, Instant>;
}

/** How many breaches a log records, and of how many claims nobody can tell whether one is missing, for records they rest on are closed. */
export interface ClockCount {
  readonly breaches: number;
  readonly unread: number;
}

type Told = Pick<DomainEvent, "type" | "kind" | "stream" | "content">;

/** What clocks of claims ran out without a record that says so. */
export class ClockWatch {
  readonly #watched: (claim: Handle) => Watched | undefined;
  readonly #known = new Map<Handle, KnownRuns>();
  readonly #claims = new Set<Handle>();
  readonly #missed = new Map<string, { readonly index: bigint; readonly expected: string }>();
  readonly #unread = new Set<Handle>();
  #breaches = 0;

  /** `watched` gives a claim as it stands; undefined before clocks are published, and where something it rests on is closed. */
  constructor(watched: (claim: Handle) => Watched | undefined) {
    this.#watched = watched;
  }

  /** Looks at the claim that a record of this minute is about, before it is taken in; `state` is its stream's before it. */
  before(event: Told, state: StateOf[StreamKind] | undefined, time: string): void {
    const claim = claimOf(event, state);
    const watched = claim === undefined ? undefined : this.#watched(claim);
    if (watched && event.type !== breachedForm.type) this.#look(watched, minuteStart(time));
  }

  /** Notes which clocks of that claim run after the record, the log's at `index`. */
  after(event: Told, state: StateOf[StreamKind], time: string, index: bigint): void {
    const claim = claimOf(event, state);
    if (claim === undefined) return;
    this.#claims.add(claim);
    if (event.type === breachedForm.type) this.#breaches++;
    const watched = this.#watched(claim);
    if (!watched) return;
    const known = this.#known.get(claim)?.runs;
    const names = running(watched).map(nameOf);
    const runs = new Map(names.map((name) => [name, known?.get(name) ?? minuteStart(time)]));
    this.#known.set(claim, { index, runs });
  }

  /** Notes a record that can't be read. */
  withheld({ type, stream }: { readonly type: string; readonly stream: Handle }): void {
    if (type === breachedForm.type) this.#breaches++;
    if (type.startsWith("claim.")) this.#claims.add(stream);
  }

  #look(watched: Watched, moment: Instant): void {
    const { claim, standsSince } = watched;
    const known = this.#known.get(claim.stream);
    for (const run of running(watched)) {
      const seen = known?.runs.get(nameOf(run)) ?? standsSince;
      const since = newest([run.due, seen, standsSince]);
      const name = `${claim.stream} ${nameOf(run)}`;
      if (moment - since <= recordedWithinUs || this.#missed.has(name)) continue;
      const due = formatInstant(run.due);
      const expected = `claim.clock-breached of ${claim.stream}: ${run.clock} was due by ${due}`;
      this.#missed.set(name, { index: known?.index ?? 0n, expected });
    }
  }

  /** What is missing, once every claim was looked at again as the log ends, in the minute `latest`; before clocks are `published` there is nothing to tell. */
  findings(origin: string, latest: string, published: object | undefined): Finding[] {
    for (const claim of published ? this.#claims : []) {
      const watched = this.#watched(claim);
      if (watched) this.#look(watched, minuteStart(latest));
      else this.#unread.add(claim);
    }
    return [...this.#missed.values()].map(({ index, expected }) =>
      finding(origin, "breach-missing", { index }, expected, "none within a day"),
    );
  }

  /** As of {@link findings}. */
  get count(): ClockCount {
    return { breaches: this.#breaches, unread: this.#unread.size };
  }
}

/** The claim that an act is on, or on a payout of; `state` is its stream's. */
function claimOf(
  { type, kind, stream, content }: Told,
  state: StateOf[StreamKind] | undefined,
): Handle | undefined {
  if (kind === "claim") return stream;
  if (kind !== "payout") return undefined;
  return type === proposedForm.type
    ? (content as Proposed).claim
    : (state as PayoutState | undefined)?.claim;
}

const nameOf = ({ clock, from }: Running): string => `${clock} ${from}`;

function running(watched: Watched): readonly Running[] {
  const found = ruleFor(watched);
  if (!found) return [];
  return runningClocks(watched.claim.state, found.rule, orderedOf(watched.payouts));
}
