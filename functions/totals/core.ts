import { noSums, type Sums } from "../../shared/audit/books.ts";
import { totalsBetween } from "../../shared/audit/foot.ts";
import type { Act } from "../../shared/base/actor.ts";
import { dayOf, dayUs, formatDay } from "../../shared/base/day.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { isRefusal, type Refusal } from "../../shared/base/refusal.ts";
import { outstandingOf } from "../../shared/claim/outstanding.ts";
import type { ClaimState } from "../../shared/claim/state.ts";
import {
  caseReserveOf,
  Ledger,
  paidForGood,
  standingEntries,
} from "../../shared/payout/balances.ts";
import type { PayoutState } from "../../shared/payout/state.ts";
import type { InsurerState } from "../../shared/policy/insurer.ts";
import { recordTotals } from "../../shared/policy/totals.ts";
import type { BookRow, BookRows, WaitsFor } from "../../shared/ports/totals.ts";
import { type CommandPorts, commitCommand } from "../command/commit.ts";
import { insurerState } from "../command/insurer-state.ts";
import { openStream, type Slot } from "../command/rows.ts";
import type { Appended } from "../command/transaction.ts";
import { alarmOf, type LogAlarm } from "../publisher/alarm.ts";

/** What recording totals came to: a record; nothing to do now; or what has to come first (try again). */
export type Recorded = Appended | "nothing" | Waiting | Refusal;

/** Totals that could not be recorded at this moment. */
export interface Waiting {
  readonly waitsFor: WaitsFor | "other totals, recorded meanwhile";
}

/**
 * Records the control totals of `period`, a day ("2026-11-25"), from the insurer's own rows, at a moment when these say exactly what the log's first
 * entries do: an auditor's books of the same entries must come to the same sums. Claims and payouts of erased persons are left out and counted
 * (docs/adr/0008). Nothing where no entry came since the last time.
 */
export async function recordPeriod(
  ports: CommandPorts,
  rows: BookRows,
  insurer: string,
  period: string,
): Promise<Recorded> {
  const state = await insurerState(ports, insurer);
  return state ? record(ports, rows, insurer, period, state) : "nothing";
}

/** The daily job: records the totals of the day before, unless that was done, the log is younger, or nothing was added to it since. */
export async function recordDue(
  ports: CommandPorts,
  rows: BookRows,
  insurer: string,
): Promise<Recorded> {
  const due = dayBefore(ports.clock());
  const state = await insurerState(ports, insurer);
  if (!state || (state.totals?.period ?? "") >= due) return "nothing";
  const cut = await rows.cut(insurer);
  if (!cut || cut.openedIn > due) return "nothing";
  if (cut.waitsFor !== null) return { waitsFor: cut.waitsFor };
  if (addsNothing(cut.size, state)) return "nothing";
  return record(ports, rows, insurer, due, state);
}

/**
 * {@link recordDue} as a job of many logs: 1 where a record was made, 0 where nothing is due or it is tried again; an alarm where it was refused, or
 * still waits at noon (UTC).
 */
export async function recordAlarming(
  ports: CommandPorts,
  rows: BookRows,
  insurer: string,
): Promise<number | LogAlarm> {
  const done = await recordDue(ports, rows, insurer);
  if (done === "nothing") return 0;
  if (isRefusal(done)) return alarmOf("failed", `control totals: ${done.detail}`);
  if (!("waitsFor" in done)) return 1;
  const now = ports.clock();
  if (now % dayUs < dayUs / 2n) return 0;
  const late = `control totals of ${dayBefore(now)} are not recorded, they wait for`;
  return alarmOf("totals-overdue", `${late} ${done.waitsFor}`);
}

interface ReadBooks {
  readonly size: bigint;
  readonly sums: Sums;
  readonly erased: bigint;
}

async function record(
  ports: CommandPorts,
  rows: BookRows,
  insurer: string,
  period: string,
  { totals }: InsurerState,
): Promise<Recorded> {
  const from = totals?.to ?? 0n;
  const books = await read(ports, rows, insurer, from);
  return "waitsFor" in books ? books : append(ports, insurer, period, from, books);
}

/** The last period's own record is the only entry since: that is no new period. */
const addsNothing = (size: bigint, { totals }: Pick<InsurerState, "totals">): boolean =>
  size <= (totals ? totals.to + 1n : 0n);

type Adding = { -readonly [Name in keyof Sums]: Sums[Name] };

/** What was sent for a claim, and paid for good, by its payouts. */
interface Spent {
  sent: bigint;
  paid: bigint;
  indemnity: bigint;
}

/** What one reading of all rows has come to so far. */
class Reading {
  readonly claims = new Map<Handle, ClaimState>();
  readonly spent = new Map<Handle, Spent>();
  readonly sums: Adding = { ...noSums };
  readonly ledger = new Ledger();
  erased = 0n;

  add(row: BookRow, slot: Slot | undefined): void {
    if (!slot) this.erased += row.since === null ? 0n : 1n;
    else if (row.kind === "claim") {
      const claim = slot.state as ClaimState;
      this.claims.set(row.stream, claim);
      if (row.since !== 1n) return;
      this.sums.reportedCount += 1n;
      this.sums.reported += claim.claimed.minor;
    } else {
      const payout = slot.state as PayoutState;
      addFlows(this.sums, payout, row);
      this.spent.set(payout.claim, spentWith(this.spent.get(payout.claim), payout));
      for (const entry of standingEntries(payout)) this.ledger.add(entry);
    }
  }
}

/** The flows since the entry `from`, what is outstanding now, and where the books stand, by what each row says alone. */
async function read(
  ports: CommandPorts,
  rows: BookRows,
  insurer: string,
  from: bigint,
): Promise<ReadBooks | Waiting> {
  let reading = new Reading();
  const cut = await rows.read(insurer, from, () => {
    const begun = new Reading();
    reading = begun;
    return async (row) => begun.add(row, await openStream(ports, insurer, row));
  });
  const { claims, spent, sums, ledger, erased } = reading;
  if (!cut || cut.waitsFor !== null) return { waitsFor: cut?.waitsFor ?? "records to be placed" };
  for (const [stream, claim] of claims) addClaim(sums, ledger, claim, spent.get(stream));
  sums.balances = ledger.balances;
  return { size: cut.size, sums, erased };
}

function spentWith(before: Spent | undefined, payout: PayoutState): Spent {
  const { sent, paid, indemnity } = before ?? { sent: 0n, paid: 0n, indemnity: 0n };
  const good = paidForGood(payout);
  return {
    sent: sent + (payout.status === "released" ? payout.amount.minor : 0n),
    paid: paid + good,
    indemnity: indemnity + (payout.head === "indemnity" ? good : 0n),
  };
}

/** What a claim has outstanding, and what is set aside for it. */
function addClaim(sums: Adding, ledger: Ledger, claim: ClaimState, spent?: Spent): void {
  const { sent = 0n, paid = 0n, indemnity = 0n } = spent ?? {};
  const outstanding = outstandingOf(claim, indemnity);
  sums.outstanding += outstanding;
  if (outstanding > 0n) sums.outstandingCount += 1n;
  const minor = caseReserveOf(claim, sent, paid);
  ledger.add({ debit: "reserve-change", credit: "case-reserve", minor, reason: "standing" });
}

/** What was paid of a payout in the period, and what came back of it: each by the version of the record that says so. */
function addFlows(
  sums: Adding,
  { amount, settledAt, returnedAt, recoveries }: PayoutState,
  { since }: BookRow,
): void {
  const isIn = (version: bigint | null): boolean =>
    version !== null && since !== null && version >= since;
  if (isIn(settledAt)) {
    sums.paidCount += 1n;
    sums.paid += amount.minor;
  }
  const back = recoveries.filter(({ version }) => isIn(version)).map((each) => each.amount.minor);
  if (isIn(returnedAt)) back.push(amount.minor);
  for (const minor of back) {
    sums.recoveredCount += 1n;
    sums.recovered += minor;
  }
}

async function append(
  ports: CommandPorts,
  insurer: string,
  period: string,
  from: bigint,
  { size, sums, erased }: ReadBooks,
): Promise<Recorded> {
  const act: Act = { kind: "machine", now: ports.clock() };
  const recorded = await commitCommand<{ readonly done: Appended | "nothing" | Waiting }>(
    ports,
    insurer,
    act.now,
    async (transaction) => {
      const seen = await transaction.insurer();
      const { totals, currency } = seen.state;
      if ((totals?.to ?? 0n) !== from) {
        return { done: { waitsFor: "other totals, recorded meanwhile" } };
      }
      if (addsNothing(size, seen.state)) return { done: "nothing" };
      const { counts, ...amounts } = totalsBetween(noSums, sums, currency);
      const cutAt = { period, currency, from, to: size, counts: { ...counts, erased } };
      const event = recordTotals(seen, { ...cutAt, ...amounts }, act);
      return isRefusal(event) ? event : { done: await transaction.append(event, act) };
    },
  );
  return isRefusal(recorded) ? recorded : recorded.done;
}

/** The day (UTC) before the one of `now`: "2026-12-01…" → "2026-11-30". */
const dayBefore = (now: Instant): string => formatDay(dayOf(now) - 1n);
