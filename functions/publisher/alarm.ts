import { Malformed } from "../../shared/base/malformed.ts";
import type { GateRefusalCode } from "../../shared/ports/signing.ts";

/**
 * Every reason to stop a log until a person has looked, in one closed list: what the gate refuses; committed rows or published tiles that don't
 * lead to the signed root; a record that no longer has its leaf hash; other bytes where something is published; a checkpoint that isn't the
 * log's own; something the self-audit found; control totals nobody could record; a row of a claim or payout that somebody changed; a release order
 * whose person may no longer release; breaks with a bank that stay open; payouts that wait since nobody is configured to screen; an error nobody foresaw. Rows, orders, totals, breaks and what the self-audit found stop nothing by themselves.
 */
export type AlarmCode =
  | Exclude<GateRefusalCode, "raced">
  | "root-mismatch"
  | "record-altered"
  | "other-bytes"
  | "foreign-checkpoint"
  | "audit-finding"
  | "totals-overdue"
  | "row-altered"
  | "order-refused"
  | "breaks-aged"
  | "screening-missing"
  | "failed";

/**
 * Alarms about what stops nothing. A job tells and counts them and has not failed: what lasts each turn gives again until somebody has looked, so the queue of calls that failed holds none of
 * it; a release order is refused once, and Lambda would call again until nothing is left to tell.
 */
export const standing: ReadonlySet<AlarmCode> = new Set<AlarmCode>([
  "audit-finding",
  "totals-overdue",
  "row-altered",
  "order-refused",
  "breaks-aged",
  "screening-missing",
]);

/** An alarm value; `detail` is plain English and quotes no record. */
export interface LogAlarm {
  readonly alarm: AlarmCode;
  readonly detail: string;
}

/** An alarm value. */
export const alarmOf = (alarm: AlarmCode, detail: string): LogAlarm => ({ alarm, detail });

/** Takes what work on one row threw: Malformed, which a row is that somebody changed, goes to `onAlarm` as row-altered; anything else is thrown. */
export const rowAlarms =
  (onAlarm: (alarm: LogAlarm) => void) =>
  (error: unknown): void => {
    if (!(error instanceof Malformed)) throw error;
    onAlarm(alarmOf("row-altered", error.message));
  };
