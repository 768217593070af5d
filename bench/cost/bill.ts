import { assumed, dpu } from "./assumptions.ts";
import { claimMiB, schedules, standing, turnMiB } from "./deployed.ts";
import { type PriceName, prices } from "./prices.ts";
import { type Counted, noUsage, sumOf, timesOf, type Usage } from "./usage.ts";

/** What is paid for a month of something, in dollars, by the service that sends the bill. */
export interface Bill {
  readonly lines: Readonly<Record<BillLine, number>>;
  readonly total: number;
}

/** Services in the order in which a claim meets them. */
export const billLines = [
  "API Gateway",
  "Lambda",
  "Aurora DSQL",
  "S3",
  "KMS",
  "SQS",
  "EventBridge",
  "CloudWatch",
  "X-Ray",
  "Secrets Manager",
] as const;
export type BillLine = (typeof billLines)[number];

const GB = 1_000_000_000;
const msPerSecond = 1_000;
const monthSeconds = assumed.hoursPerMonth * 3_600;
const minutesPerMonth = assumed.hoursPerMonth * 60;

const cost = (name: PriceName, quantity: number): number =>
  (quantity * prices[name].dollars) / prices[name].per;

/** DPUs of this usage: what is read and written, at least the least of each transaction, and the time the database worked. */
export function dpuOf({ transactions, writes, readBytes, writtenBytes, activeMs }: Usage): number {
  return (
    Math.max(readBytes, transactions * dpu.leastRead) * dpu.perByteRead +
    Math.max(writtenBytes, writes * dpu.leastWritten) * dpu.perByteWritten +
    (activeMs / msPerSecond) * dpu.perComputeSecond
  );
}

/** Seconds that functions of `MiB` run: their processor time at the share of a processor they have, and every wait behind the other. */
export function gbSecondsOf(usage: Usage, MiB: number): number {
  const { s3, database, other } = assumed.waitMs;
  const { s3Puts, s3Gets, kmsSymmetric, kmsAsymmetric, messages, transactions } = usage;
  const busyMs = usage.cpuMs * Math.max(1, assumed.MiBPerProcessor / MiB);
  const waitMs =
    (s3Puts + s3Gets) * s3 +
    transactions * database +
    (kmsSymmetric + kmsAsymmetric + messages) * other;
  return ((busyMs + waitMs) / msPerSecond) * (MiB / 1_024);
}

/** How many turns the jobs take for so many claims a month: one each, until they come faster than turns can follow each other. */
export const turnsOf = (claims: number): number =>
  Math.min(claims, monthSeconds / assumed.turnSeconds);

/** How many of a function's calls in a month Lambda traces, where they come evenly: the first of each second, and of the others one in twenty. */
export const tracedOf = (calls: number): number =>
  Math.min(calls, monthSeconds) + Math.max(0, calls - monthSeconds) * assumed.tracedShare;

interface Month {
  readonly usage: Usage;
  readonly gbSeconds: number;
  readonly traces: number;
}

/** What a month of `claims` uses, the schedules included. */
export function monthOf(counted: Counted, claims: number): Month {
  const turns = turnsOf(claims);
  let usage = sumOf(timesOf(counted.claim, claims), timesOf(counted.turn, turns));
  let gbSeconds =
    claims * gbSecondsOf(counted.claim, claimMiB) + turns * gbSecondsOf(counted.turn, turnMiB);
  let traces = tracedOf(claims * counted.claim.calls) + turns * counted.turn.calls;
  for (const [name, [everyMinutes, MiB]] of Object.entries(schedules)) {
    const used = counted.sweeps[name];
    if (!used) throw new Error(`bug: ${name} was not counted`);
    const swept = { ...noUsage, ...used };
    const times = minutesPerMonth / everyMinutes;
    usage = sumOf(usage, timesOf(swept, times));
    gbSeconds += times * gbSecondsOf(swept, MiB);
    traces += times;
  }
  return { usage, gbSeconds, traces };
}

/** The bill of the twelfth month with so many claims in each: all that twelve months stored is paid for. */
export function billOf(counted: Counted, claims: number): Bill {
  const { usage, gbSeconds, traces } = monthOf(counted, claims);
  const months = 12;
  const polls = (standing.polledQueues * assumed.pollers * monthSeconds) / assumed.pollSeconds;
  const logGB =
    (usage.logBytes +
      usage.calls * assumed.callLogBytes +
      usage.requests * assumed.requestLogBytes) /
    GB;
  const metrics = counted.sweptMetrics.length + (claims > 0 ? assumed.requestMetrics : 0);
  const lines = {
    "API Gateway": cost("request", usage.requests),
    Lambda: cost("invocation", usage.calls) + cost("gbSecond", gbSeconds),
    "Aurora DSQL":
      cost("dpu", dpuOf(usage)) + cost("databaseStorage", (usage.storedBytes * months) / GB),
    S3:
      cost("put", usage.s3Puts) +
      cost("get", usage.s3Gets) +
      cost("objectStorage", (usage.objectBytes * months) / GB),
    KMS:
      cost("key", standing.keys) +
      cost("symmetric", usage.kmsSymmetric) +
      cost("asymmetric", usage.kmsAsymmetric),
    // A message is sent, received and deleted.
    SQS: cost("message", polls + 3 * usage.messages),
    EventBridge: cost("event", usage.events),
    CloudWatch:
      cost("logged", logGB) +
      cost("logStorage", logGB * months) +
      cost("metric", metrics) +
      cost("alarm", standing.alarms) +
      cost("dashboard", standing.dashboards),
    "X-Ray": cost("trace", traces),
    "Secrets Manager": cost("secret", standing.secrets),
  };
  return { lines, total: Object.values(lines).reduce((sum, line) => sum + line, 0) };
}

/** What an always-on Aurora would cost in place of Aurora DSQL in that month, without its I/O, its network and its proxy; and how large each of its instances is, in ACUs. */
export function auroraOf(counted: Counted, claims: number): { acu: number; dollars: number } {
  const { usage } = monthOf(counted, claims);
  const processors = usage.activeMs / msPerSecond / monthSeconds;
  const needed = Math.ceil(processors * assumed.peak * assumed.acuPerProcessor * 2) / 2;
  const acu = Math.max(assumed.leastAcu, needed);
  const hours = assumed.hoursPerMonth * assumed.auroraInstances;
  const stored = (usage.storedBytes * 12) / GB;
  return { acu, dollars: cost("acuHour", acu * hours) + cost("auroraStorage", stored) };
}
