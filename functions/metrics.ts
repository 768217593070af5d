/** The namespace of our metrics in CloudWatch. */
export const metricsNamespace = "Countersign";

/** What every metric of ours is told apart by: the function that counted or measured it. */
export const metricDimension = "service";

/**
 * Every metric our code emits, with its unit: what functions write into their log lines and what the alarms of lib/ watch. Counts are written only when
 * there is something to count, for CloudWatch charges by the hour in which a metric was written; measures (…Ms, …Payouts) once per sweep.
 */
export const metricUnits = {
  /** Of one request, without the time it waited because the caller asked it to (`Prefer: wait`). */
  durationMs: "Milliseconds",
  /** 1 for a request answered 4xx, 0 for any other: its average is a rate. */
  refusals: "Count",
  /** 1 for a request answered 5xx, 0 for any other. */
  faults: "Count",
  /** Age of the oldest record that waits in an outbox; 0 where none does. */
  outboxAgeMs: "Milliseconds",
  /** Age of the oldest committed checkpoint that no published one covers; 0 where all are. */
  publishLagMs: "Milliseconds",
  /** Age of the oldest erasure that was approved and is not carried out. */
  approvedErasureMs: "Milliseconds",
  /** Age of the oldest erasure that waits for somebody to approve or decline it. */
  askedErasureMs: "Milliseconds",
  /** Published entries of which no event was put on the bus yet. */
  unannounced: "Count",
  /** Logs for which the gate refused, or somebody shows another tree. */
  gateRefusals: "Count",
  /** Logs whose rows, tiles or checkpoint are not what was signed. */
  tampering: "Count",
  auditFindings: "Count",
  totalsOverdue: "Count",
  rowsAltered: "Count",
  /** Logs in which somebody ordered a release who may no longer release. */
  ordersRefused: "Count",
  breaksAged: "Count",
  /** Logs in which payouts wait since nobody is configured to screen them. */
  screeningMissing: "Count",
  /** Imports, exports and shadows that failed by no fault of whoever asked for them, or can't be read. */
  failedJobs: "Count",
  /** Logs for which too few witnesses cosigned. */
  quorumMissing: "Count",
  /** Logs for which the database did not answer, or answered "later" to the end. */
  databaseOutages: "Count",
  /** Logs for which any other service did not answer. */
  otherOutages: "Count",
  /** Logs that failed by an error nobody foresaw. */
  unforeseen: "Count",
} as const;

export type MetricName = keyof typeof metricUnits;

/** Values of one log line. */
export type Measured = Readonly<Partial<Record<MetricName, number>>>;
