import type { MetricName } from "../functions/metrics.ts";
import type { FunctionName } from "../functions/needs.ts";

/** An alarm on a metric of ours, once for each of the functions that write it. */
export interface OwnAlarm {
  /** Also its heading in docs/operating.md. */
  readonly id: string;
  readonly metric: MetricName;
  readonly services: readonly FunctionName[];
  readonly statistic: "Sum" | "Maximum" | "p99";
  /** It is raised above this, in the metric's unit. */
  readonly above: number;
  readonly minutes: number;
  /** So many of these in a row. */
  readonly periods: number;
  /** Whether silence is as bad: of what each sweep measures, it is. */
  readonly silence: "breaching" | "notBreaching";
  readonly means: string;
}

const http = ["claimant", "insurer", "auditor", "public"] as const;
const everyMinute = { minutes: 1, periods: 3, silence: "breaching" } as const;
const everyHour = { minutes: 60, periods: 3, silence: "breaching" } as const;
const atOnce = {
  statistic: "Sum",
  above: 0,
  minutes: 5,
  periods: 1,
  silence: "notBreaching",
} as const;
const lasting = { ...atOnce, minutes: 1, periods: 5 } as const;
const hourMs = 3_600_000;

/** Every alarm on metrics of ours, in the order of the walk. */
export const ownAlarms: readonly OwnAlarm[] = [
  {
    id: "http-faults",
    metric: "faults",
    services: http,
    ...atOnce,
    above: 4,
    means: "Five requests in five minutes were answered 5xx.",
  },
  {
    id: "http-slow",
    metric: "durationMs",
    services: http,
    statistic: "p99",
    above: 3_000,
    minutes: 5,
    periods: 3,
    silence: "notBreaching",
    means: "One request in a hundred takes more than 3 s, for a quarter of an hour.",
  },
  {
    id: "outbox-age",
    metric: "outboxAgeMs",
    services: ["sequencer"],
    statistic: "Maximum",
    above: 90_000,
    ...everyMinute,
    means: "Records wait longer than 90 s for their place in the log, or nobody measures.",
  },
  {
    id: "publish-lag",
    metric: "publishLagMs",
    services: ["publisher"],
    statistic: "Maximum",
    above: 90_000,
    ...everyMinute,
    means: "Placed records wait longer than 90 s for their checkpoint, or nobody measures.",
  },
  {
    id: "gate-refused",
    metric: "gateRefusals",
    services: ["signer", "publisher"],
    ...atOnce,
    means: "The gate refused to sign, or a witness holds another tree: a fork, or a lost store.",
  },
  {
    id: "tampering",
    metric: "tampering",
    services: ["publisher"],
    ...atOnce,
    means: "Rows, tiles or a checkpoint are not what was signed.",
  },
  {
    id: "quorum-missing",
    metric: "quorumMissing",
    services: ["publisher"],
    ...lasting,
    means: "Too few witnesses cosign, for five minutes: nothing new is shown.",
  },
  {
    id: "self-audit",
    metric: "auditFindings",
    services: ["self-audit"],
    ...atOnce,
    means: "The audit of our own log has findings.",
  },
  {
    id: "row-altered",
    metric: "rowsAltered",
    services: ["adjudicator", "payouts", "reconciliation"],
    ...atOnce,
    means: "A stored row can't be read: it was changed, or closed under another key.",
  },
  {
    id: "screening-missing",
    metric: "screeningMissing",
    services: ["payouts"],
    ...atOnce,
    means: "Payouts wait as proposed, for no screening provider is configured.",
  },
  {
    id: "order-refused",
    metric: "ordersRefused",
    services: ["payouts"],
    ...atOnce,
    means: "A release that somebody ordered was refused, for they may no longer release.",
  },
  {
    id: "breaks-aged",
    metric: "breaksAged",
    services: ["reconciliation"],
    ...atOnce,
    means: "Breaks with a bank are open for a day or longer.",
  },
  {
    id: "job-failed",
    metric: "failedJobs",
    services: ["importer", "exporter", "shadow"],
    ...atOnce,
    means: "An import, export or shadow failed by no fault of whoever asked, or can't be read.",
  },
  {
    id: "totals-overdue",
    metric: "totalsOverdue",
    services: ["totals"],
    ...atOnce,
    means: "The day before's control totals are not recorded by noon (UTC).",
  },
  {
    id: "erasures-overdue",
    metric: "approvedErasureMs",
    services: ["eraser"],
    statistic: "Maximum",
    above: 6 * hourMs,
    ...everyHour,
    means: "An approved erasure is not carried out after six hours, or nobody measures.",
  },
  {
    id: "erasures-unanswered",
    metric: "askedErasureMs",
    services: ["eraser"],
    statistic: "Maximum",
    above: 21 * 24 * hourMs,
    ...everyHour,
    means:
      "Somebody asked for erasure three weeks ago and nobody answered; a month is the law's limit.",
  },
  {
    id: "database-outage",
    metric: "databaseOutages",
    services: ["sequencer", "signer", "publisher"],
    ...lasting,
    means: "The database does not answer a job, for five minutes.",
  },
];
