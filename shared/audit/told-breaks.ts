import { type Day, formatDay } from "../base/day.ts";
import type { Handle } from "../base/handle.ts";
import { formatMinute, type Instant } from "../base/instant.ts";
import { type Reported, reportedForm } from "../payout/forms.ts";
import { lineBreaks, mostSaid } from "../payout/state.ts";
import { type Reconciliation, reconciliationForm } from "../policy/reconciliation.ts";
import { type Finding, finding } from "./finding.ts";

/** A break that a record shows or tells. */
interface Shown {
  readonly payout: Handle;
  readonly kind: string;
  readonly message: string | null;
  readonly index: bigint;
  /** The record's minute. */
  readonly time: string;
}

const nameOf = ({ payout, kind, message }: Omit<Shown, "index" | "time">): string =>
  `${kind} ${payout} ${message ?? ""}`;

/** How many days a break may be on its way from a payout's record to a reconciliation. */
const onItsWayDays = 2n;

/** Breaks of payouts as their own records show them, held against what the insurer's reconciliations say was opened. */
export class ToldBreaks {
  readonly #shown = new Map<string, Shown>();
  readonly #told = new Map<string, Shown>();
  readonly #ofPayout = new Map<Handle, number>();
  /** The day of the newest reconciliation. */
  #reconciled: Day | undefined;
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
      const { day, opened } = content as Reconciliation;
      this.#reconciled = day;
      for (const { kind, about, message } of opened) {
        if (about === null || !(lineBreaks as readonly string[]).includes(kind)) continue;
        const told = { payout: about, kind, message, index, time };
        if (!this.#told.has(nameOf(told))) this.#told.set(nameOf(told), told);
      }
    }
    if (type !== reportedForm.type) return;
    if (!content) {
      this.#unread = true;
      return;
    }
    const { break: broken, message } = content as Reported;
    if (!broken) return;
    const shown = { payout: stream, kind: broken.kind, message, index, time };
    this.#shown.set(nameOf(shown), shown);
    this.#ofPayout.set(stream, (this.#ofPayout.get(stream) ?? 0) + 1);
  }

  /** Where reconciliations and payouts differ. A break told before `whole` was recorded by then; one recorded long before the newest reconciliation is told. */
  findings(origin: string, whole: Instant): Finding[] {
    const add = ({ index }: Shown, expected: string, found: string): Finding =>
      finding(origin, "reconciliation-differs", { index }, expected, found);
    const before = formatMinute(whole);
    const late = this.#reconciled === undefined ? "" : formatDay(this.#reconciled - onItsWayDays);
    const untrue = [...this.#told.values()].filter((told) => {
      const full = (this.#ofPayout.get(told.payout) ?? 0) >= mostSaid;
      return !this.#unread && !full && told.time < before && !this.#shown.has(nameOf(told));
    });
    const untold = [...this.#shown.values()].filter(
      (shown) => shown.time < late && !this.#told.has(nameOf(shown)),
    );
    return [
      ...untrue.map((told) => add(told, "breaks that payouts' records show", nameOf(told))),
      ...untold.map((shown) => add(shown, `a reconciliation that tells ${nameOf(shown)}`, "none")),
    ];
  }
}
