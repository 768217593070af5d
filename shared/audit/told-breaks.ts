import { dayOf, formatDay } from "../base/day.ts";
import type { Handle } from "../base/handle.ts";
import { formatMinute, type Instant } from "../base/instant.ts";
import { type Reported, releasedForm, reportedForm } from "../payout/forms.ts";
import { lineBreaks, mostSaid } from "../payout/state.ts";
import {
  type Reconciliation,
  reconciliationForm,
  type ToldBreak,
} from "../policy/reconciliation.ts";
import { type Finding, finding } from "./finding.ts";

/** What a record shows or tells, and where and in which minute it does. */
interface Shown {
  readonly name: string;
  readonly payout: Handle;
  readonly index: bigint;
  readonly time: string;
}

const nameOf = ({ kind, about, message }: ToldBreak): string =>
  `${kind} ${about ?? ""} ${message ?? ""}`;
const ofLines: ReadonlySet<string> = new Set(lineBreaks);

/** How many days a break may be on its way from a payout's record to a reconciliation, and a bank's answer to a released payout. */
const onItsWayDays = 2n;
const answeredDays = 7n;

/** How far the clocks of an insurer's machines may differ: 5 minutes. */
const graceUs = 300_000_000n;

/** What payouts' own records show of banks, held against what the insurer's reconciliations tell. */
export class ToldBreaks {
  readonly #shown = new Map<string, Shown>();
  readonly #told = new Map<string, Shown>();
  /** Everything a reconciliation ever opened, and what is wrong with one in itself. */
  readonly #opened = new Set<string>();
  readonly #wrong: { readonly index: bigint; readonly expected: string; readonly found: string }[] =
    [];
  readonly #ofPayout = new Map<Handle, number>();
  /** Released payouts of which no bank said anything yet, and all that were ever released. */
  readonly #unanswered = new Map<Handle, Shown>();
  readonly #toldUnanswered = new Set<Handle>();
  readonly #releasedAt: string[] = [];
  /** How many payments each reconciliation counts. */
  readonly #counted: {
    readonly index: bigint;
    readonly time: string;
    readonly payments: bigint;
  }[] = [];
  /** Whether some report can't be read: then nobody can say what it showed. */
  #unread = false;

  /** Takes in a record of the log; without `content` it can't be read. */
  take(
    index: bigint,
    { type, stream }: { readonly type: string; readonly stream: Handle },
    content: unknown,
    time: string,
  ): void {
    if (type === reconciliationForm.type && content) {
      this.#reconciled(index, content as Reconciliation, time);
    }
    if (type === releasedForm.type) {
      this.#releasedAt.push(time);
      this.#unanswered.set(stream, { name: stream, payout: stream, index, time });
    }
    if (type !== reportedForm.type) return;
    this.#unanswered.delete(stream);
    if (!content) this.#unread = true;
    const { break: broken, message } = (content ?? {}) as Partial<Reported>;
    if (!broken || message === undefined) return;
    const name = nameOf({ kind: broken.kind, about: stream, message });
    this.#shown.set(name, { name, payout: stream, index, time });
    this.#ofPayout.set(stream, (this.#ofPayout.get(stream) ?? 0) + 1);
  }

  #reconciled(index: bigint, reconciliation: Reconciliation, time: string): void {
    const { opened, closed, payments } = reconciliation;
    for (const told of opened) {
      const name = nameOf(told);
      this.#opened.add(name);
      if (told.about === null) continue;
      if (told.kind === "unanswered") this.#toldUnanswered.add(told.about);
      if (!ofLines.has(told.kind) || this.#told.has(name)) continue;
      this.#told.set(name, { name, payout: told.about, index, time });
    }
    for (const told of closed) {
      const name = nameOf(told);
      if (this.#opened.has(name)) continue;
      this.#wrong.push({ index, expected: "only what was opened is closed", found: name });
    }
    this.#counted.push({ index, time, payments });
  }

  /** Where reconciliations and payouts differ. A break told before `whole`, which is about the log's latest time, was recorded by then. */
  findings(origin: string, whole: Instant): Finding[] {
    const add = ({ index }: { index: bigint }, expected: string, found: string): Finding =>
      finding(origin, "reconciliation-differs", { index }, expected, found);
    const before = formatMinute(whole);
    const daysAgo = (days: bigint): string => formatDay(dayOf(whole) - days);
    const untrue = [...this.#told.values()].filter((told) => {
      const full = (this.#ofPayout.get(told.payout) ?? 0) >= mostSaid;
      return !this.#unread && !full && told.time < before && !this.#shown.has(told.name);
    });
    const untold = [...this.#shown.values()].filter(
      ({ name, time }) => time < daysAgo(onItsWayDays) && !this.#told.has(name),
    );
    const silent = [...this.#unanswered.values()].filter(
      ({ payout, time }) => time < daysAgo(answeredDays) && !this.#toldUnanswered.has(payout),
    );
    return [
      ...this.#overcounted(before).map((one) =>
        add(one, "no more payments than releases", `${one.payments}`),
      ),
      ...this.#wrong.map((wrong) => add(wrong, wrong.expected, wrong.found)),
      ...untrue.map((told) => add(told, "breaks that payouts' records show", told.name)),
      ...untold.map((shown) => add(shown, `a reconciliation that tells ${shown.name}`, "none")),
      ...silent.map((sent) =>
        add(sent, "a bank's word, or a reconciliation that misses it", "none"),
      ),
    ];
  }

  /** Reconciliations that count more payments than were released by their minute: clocks of two machines differ by less than the grace. */
  #overcounted(before: string) {
    const releasedAt = this.#releasedAt.toSorted();
    return this.#counted.filter(({ time, payments }) => {
      const late = formatMinute(BigInt(Date.parse(time)) * 1000n + graceUs);
      const after = releasedAt.findIndex((released) => released > late);
      const released = BigInt(after < 0 ? releasedAt.length : after);
      return time < before && payments > released;
    });
  }
}
