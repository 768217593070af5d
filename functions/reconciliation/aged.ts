import { dayOf, formatDay } from "../../shared/base/day.ts";
import type { Instant } from "../../shared/base/instant.ts";
import type { BankRows, ListedBreak } from "../../shared/ports/bank-rows.ts";

/** Days after which an open break is looked at by somebody else: whoever reconciles, their lead, the bank. */
export const ageBandsDays = [1n, 7n, 30n] as const;

/** Open breaks by age. */
export interface AgedBreaks {
  readonly open: number;
  /** For each of {@link ageBandsDays}: how many are open for that many days (UTC) or more. */
  readonly atLeast: readonly number[];
  readonly oldest: ListedBreak | undefined;
}

/** The most that are counted; the oldest come first. */
const most = 1_000;

/** An insurer's open breaks by age at `now`, at most the 1,000 oldest. Throws Unavailable. */
export async function agedBreaks(
  rows: Pick<BankRows, "list">,
  insurer: string,
  now: Instant,
): Promise<AgedBreaks> {
  const open = await rows.list(insurer, "open", most);
  const ages = open.map(({ openedAt }) => dayOf(now) - dayOf(openedAt));
  return {
    open: open.length,
    atLeast: ageBandsDays.map((days) => ages.filter((age) => age >= days).length),
    oldest: open[0],
  };
}

/** What a person reads of breaks that are open for a day or more; undefined where there is none. It names handles, and changes once a day at most. */
export function agedText({ atLeast, oldest }: AgedBreaks): string | undefined {
  const parts = ageBandsDays.flatMap((days, at) => {
    const count = atLeast[at] ?? 0;
    return count > 0 ? [`${count} for ${days} ${days === 1n ? "day" : "days"} or more`] : [];
  });
  if (parts.length === 0 || !oldest) return undefined;
  const about = oldest.about ?? oldest.message ?? "no payout";
  const since = formatDay(dayOf(oldest.openedAt));
  return `open breaks: ${parts.join(", ")}; the oldest, ${oldest.kind} of ${about}, since ${since}`;
}
