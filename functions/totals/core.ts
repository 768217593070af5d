import { noSums, type Sums } from "../../shared/audit/books.ts";
import { totalsBetween } from "../../shared/audit/foot.ts";
import type { Act } from "../../shared/base/actor.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { formatMinute, type Instant } from "../../shared/base/instant.ts";
import { isRefusal, type Refusal } from "../../shared/base/refusal.ts";
import { outstandingOf } from "../../shared/claim/outstanding.ts";
import type { ClaimState } from "../../shared/claim/state.ts";
import type { PayoutState } from "../../shared/payout/state.ts";
import type { InsurerState } from "../../shared/policy/insurer.ts";
import { recordTotals } from "../../shared/policy/totals.ts";
import type { BookRows, Cut } from "../../shared/ports/totals.ts";
import { type CommandPorts, commitCommand } from "../command/commit.ts";
import { openStream } from "../command/rows.ts";
import type { Appended } from "../command/transaction.ts";

/**
 * What recording totals came to: a record; nothing to do now; records that still wait to be placed (try again); or rows of erased persons,
 * whose amounts nobody knows any more, so that no totals can be told.
 */
export type Recorded = Appended | "nothing" | "waiting" | "erased" | Refusal;

/**
 * Records the control totals of `period` ("2026-11") from the insurer's own rows, at a moment when these say exactly what the log's first
 * entries do: an auditor's books of the same entries must come to the same sums. Nothing where no entry came since the last time.
 */
export async function recordPeriod(
  ports: CommandPorts,
  rows: BookRows,
  insurer: string,
  period: string,
): Promise<Recorded> {
  const books = await read(ports, rows, insurer);
  return typeof books === "string" ? books : append(ports, insurer, period, books);
}

/** The monthly job: records last month's totals, unless that was done or the log is younger. */
export async function recordDue(
  ports: CommandPorts,
  rows: BookRows,
  insurer: string,
): Promise<Recorded> {
  const due = monthBefore(ports.clock());
  const state = await stateOf(ports, insurer);
  if (!state || (state.totals?.period ?? "") >= due) return "nothing";
  const books = await read(ports, rows, insurer);
  if (typeof books === "string") return books;
  return books.cut.openedIn > due ? "nothing" : append(ports, insurer, due, books);
}

interface ReadBooks {
  readonly cut: Cut;
  readonly sums: Sums;
}

async function read(
  ports: CommandPorts,
  rows: BookRows,
  insurer: string,
): Promise<ReadBooks | "waiting" | "erased"> {
  const claims = new Map<Handle, ClaimState>();
  const netPaid = new Map<Handle, bigint>();
  const sums = { ...noSums } as { -readonly [Name in keyof Sums]: Sums[Name] };
  let erased = false;
  const cut = await rows.read(insurer, async (row) => {
    const slot = await openStream(ports, insurer, row);
    if (!slot) erased = true;
    else if (row.kind === "claim") {
      const claim = slot.state as ClaimState;
      claims.set(row.stream, claim);
      sums.reportedCount += 1n;
      sums.reported += claim.claimed.minor;
    } else addPayout(sums, netPaid, slot.state as PayoutState);
  });
  if (cut === "waiting") return cut;
  if (erased) return "erased";
  for (const [stream, claim] of claims) {
    const outstanding = outstandingOf(claim, netPaid.get(stream) ?? 0n);
    sums.outstanding += outstanding;
    if (outstanding > 0n) sums.outstandingCount += 1n;
  }
  return { cut, sums };
}

function addPayout(
  sums: { -readonly [Name in keyof Sums]: Sums[Name] },
  netPaid: Map<Handle, bigint>,
  { status, claim, amount }: PayoutState,
): void {
  if (status !== "settled" && status !== "returned") return;
  sums.paidCount += 1n;
  sums.paid += amount.minor;
  if (status === "settled") netPaid.set(claim, (netPaid.get(claim) ?? 0n) + amount.minor);
  else {
    sums.recoveredCount += 1n;
    sums.recovered += amount.minor;
  }
}

async function append(
  ports: CommandPorts,
  insurer: string,
  period: string,
  { cut, sums }: ReadBooks,
): Promise<Recorded> {
  const act: Act = { kind: "machine", now: ports.clock() };
  const recorded = await commitCommand<{ readonly done: Appended | "nothing" }>(
    ports,
    insurer,
    act.now,
    async (transaction) => {
      const seen = await transaction.insurer();
      const { totals, currency } = seen.state;
      const from = totals?.to ?? 0n;
      // The last period's own record is the only entry since: that is no new period.
      if (cut.size <= from + (totals ? 1n : 0n)) return { done: "nothing" };
      const before = { ...noSums, ...totals };
      const cutAt = { period, currency, from, to: cut.size };
      const event = recordTotals(seen, { ...cutAt, ...totalsBetween(before, sums, currency) }, act);
      return isRefusal(event) ? event : { done: await transaction.append(event, act) };
    },
  );
  return isRefusal(recorded) ? recorded : recorded.done;
}

async function stateOf(ports: CommandPorts, insurer: string): Promise<InsurerState | undefined> {
  const row = await ports.store.transaction(insurer, (on) => on.insurer());
  const slot = row && (await openStream(ports, insurer, row));
  return slot?.state as InsurerState | undefined;
}

/** The month before the one of `now`: "2026-12-…" → "2026-11". */
function monthBefore(now: Instant): string {
  const [year = 0, month = 0] = formatMinute(now).slice(0, 7).split("-").map(Number);
  return month > 1
    ? `${year}-${String(month - 1).padStart(2, "0")}`
    : `${String(year - 1).padStart(4, "0")}-12`;
}
