import { Malformed } from "../../shared/base/malformed.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import type { MetricName } from "../metrics.ts";
import type { AlarmCode } from "./alarm.ts";

/** Under which metric an alarm is counted. */
export const metricOf: Readonly<Record<AlarmCode, MetricName>> = {
  fork: "gateRefusals",
  "not-an-extension": "gateRefusals",
  "rolled-back": "gateRefusals",
  "no-state": "gateRefusals",
  "unreadable-state": "gateRefusals",
  "empty-tree": "gateRefusals",
  "other-note": "gateRefusals",
  "root-mismatch": "tampering",
  "record-altered": "tampering",
  "other-bytes": "tampering",
  "foreign-checkpoint": "tampering",
  "audit-finding": "auditFindings",
  "totals-overdue": "totalsOverdue",
  "row-altered": "rowsAltered",
  "order-refused": "ordersRefused",
  "breaks-aged": "breaksAged",
  "screening-missing": "screeningMissing",
  failed: "unforeseen",
};

/** Under which metric what a job threw is counted: what it read and can't be, what did not answer, or what nobody foresaw. */
export function metricOfThrown(error: unknown): MetricName {
  if (error instanceof Malformed) return "rowsAltered";
  if (!(error instanceof Unavailable)) return "unforeseen";
  if (error.service === "witnesses") return "quorumMissing";
  return error.service === "database" ? "databaseOutages" : "otherOutages";
}
