/** What could not be counted on this machine, and what is taken in its place. */
export const assumed = {
  /** A month, as AWS's own examples count it. */
  hoursPerMonth: 730,
  /** How long a function waits for one answer, as if it never waited for two at once, in ms. */
  waitMs: { s3: 30, database: 20, other: 15 },
  /** A function with so much memory has one processor (AWS: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html). */
  MiBPerProcessor: 1_769,
  /** Turns of the jobs of one log follow each other at this distance at least, in seconds; claims in between share one. */
  turnSeconds: 1,
  /** A function of Lambda polls a queue with so many requests at once, each of which waits for so many seconds where nothing comes. */
  pollers: 5,
  pollSeconds: 20,
  /** START, END and REPORT of a call, and API Gateway's line of a request, in bytes. */
  callLogBytes: 400,
  requestLogBytes: 190,
  /** Metrics of ours that exist only where requests come: three for each HTTP function. */
  requestMetrics: 12,
  /** Lambda traces the first call of a function in each second, and this share of the others (AWS: https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html). */
  tracedShare: 0.05,
  /** An always-on Aurora has a writer and a reader, as DSQL stands in three zones; each has this much at least. */
  auroraInstances: 2,
  leastAcu: 0.5,
  /** Its processors are this many times what the database worked on the mean; an ACU has a quarter of a processor. */
  peak: 5,
  acuPerProcessor: 4,
} as const;

/** Aurora DSQL's meter: bytes of rows, with a least of each transaction (https://docs.aws.amazon.com/aurora-dsql/latest/userguide/billing-metering.html). */
export const dpu = {
  perByteRead: 0.00000183105,
  perByteWritten: 0.00004883,
  perComputeSecond: 1,
  leastRead: 2_048,
  leastWritten: 1_024,
} as const;
