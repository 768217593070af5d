import { randomUUID } from "node:crypto";
import { Logger } from "@aws-lambda-powertools/logger";
import type { SQSEvent } from "aws-lambda";
import { traceIdOf } from "../../shared/api/traceparent.ts";
import type { Measured, MetricName } from "../metrics.ts";
import { type LogAlarm, standing } from "../publisher/alarm.ts";
import { metricOf, metricOfThrown } from "../publisher/counted.ts";
import { awsErrorName } from "./aws-error.ts";
import { awsLimits } from "./aws-limits.ts";
import { type Meter, openMeter } from "./meter.ts";
import { type FifoMessage, openSqs, type Sqs } from "./sqs-client.ts";

/** What the role that calls this adapter must be allowed. */
export const needs = [{ action: "sqs:SendMessage", resource: "queue of the next job" }] as const;

/** Wakes the next job of one log, for the request whose W3C traceparent is given. */
export type Nudge = (insurer: string, traceparent?: string) => Promise<void>;

/**
 * Nudges through the FIFO queue at `url`: one group per log, every message its own, a traceparent its attribute. A nudge may fail, for the sweep comes within a
 * minute; `failed` is told the error's name.
 */
export const sqsNudge =
  (sqs: Pick<Sqs, "send">, url: string, failed: (name: string) => void): Nudge =>
  async (insurer, traceparent) => {
    const message: FifoMessage = {
      QueueUrl: url,
      MessageBody: insurer,
      MessageGroupId: insurer,
      MessageDeduplicationId: randomUUID(),
      ...(traceparent !== undefined && {
        MessageAttributes: { traceparent: { DataType: "String", StringValue: traceparent } },
      }),
    };
    await sqs.send(message).catch((error: unknown) => failed(awsErrorName(error) ?? "unknown"));
  };

/** {@link sqsNudge} in a Lambda function; a failure is one line of its log. */
export function openNudge(env: { readonly NUDGE_QUEUE_URL: string }): Nudge {
  const logger = new Logger({ serviceName: "nudge" });
  const failed = (error: string): void => logger.error("nudge", { error });
  return sqsNudge(openSqs(awsLimits), env.NUDGE_QUEUE_URL, failed);
}

/** What wakes a job: messages that name logs, or the sweep, which names none and means all. */
export type WakingEvent = Partial<Pick<SQSEvent, "Records">>;

/** A log must stop until a person has looked: an alarm value, thrown so that the call fails. */
class Alarm extends Error {
  override readonly name = "Alarm";
  readonly alarm: LogAlarm;
  constructor(alarm: LogAlarm) {
    super(`${alarm.alarm}: ${alarm.detail}`);
    this.alarm = alarm;
  }
}

/** What the job's log may say of a failure: an alarm in full, of anything else its name. */
const said = (error: unknown): string =>
  error instanceof Alarm ? error.message : error instanceof Error ? error.name : "unknown";

/** What a job is made of. */
export interface Job {
  /** The function's name, under which it is counted and measured. */
  readonly service: string;
  /** The logs that a sweep means. */
  readonly all: () => Promise<readonly string[]>;
  /** One log's turn: how much was done, or an alarm. */
  readonly work: (insurer: string) => Promise<number | LogAlarm>;
  readonly nudge?: Nudge;
  /** What is measured after each sweep, whatever became of it. */
  readonly measure?: () => Promise<Measured>;
  /** Where that goes; the function's log by default. */
  readonly meter?: Meter;
  /** Where alarms that stop nothing are told; the function's log by default, as an error. */
  readonly tell?: (said: string) => void;
}

/**
 * Does `work` for each log the event names, or for all, and nudges the next job where there was a message or work done. A log that
 * fails or gives an alarm stops no other, and is counted; throws AggregateError in the end, so that the messages come again, but not for alarms that stand until somebody has looked: those are told.
 */
export async function relay(event: WakingEvent, job: Job): Promise<void> {
  const named = event.Records?.map(({ body }) => body);
  const failures: Failure[] = [];
  const stands: Failure[] = [];
  await attempt("all logs", failures, async () => {
    for (const insurer of new Set(named ?? (await job.all()))) {
      await attempt(insurer, failures, async () => {
        const done = await job.work(insurer);
        if (typeof done !== "number") {
          if (!standing.has(done.alarm)) throw new Alarm(done);
          stands.push({ of: insurer, error: new Alarm(done) });
        } else if (done > 0 || named) await job.nudge?.(insurer, traceparentFor(event, insurer));
      });
    }
  });
  let measured: Measured = {};
  await attempt("measuring", failures, async () => {
    if (named === undefined) measured = (await job.measure?.()) ?? {};
  });
  const values = { ...counted([...failures, ...stands]), ...measured };
  const { meter = openMeter(job.service), tell = openTelling(job.service) } = job;
  if (Object.keys(values).length > 0) meter(values);
  if (stands.length > 0) tell(saidOf(stands));
  if (failures.length > 0) throw failureOf(failures);
}

/** One line of the function's log, as an error. */
function openTelling(service: string): (said: string) => void {
  const logger = new Logger({ serviceName: service });
  return (alarm) => logger.error("alarm", { alarm });
}

/** The traceparent that the messages about a log bring; none where they bring several, as the one message after them stands for all. */
function traceparentFor({ Records = [] }: WakingEvent, insurer: string): string | undefined {
  const brought = Records.filter(({ body }) => body === insurer).map(
    ({ messageAttributes }) => messageAttributes?.traceparent?.stringValue,
  );
  const [one, another] = new Set(brought.filter((each) => traceIdOf(each) !== undefined));
  return another === undefined ? one : undefined;
}

interface Failure {
  readonly of: string;
  readonly error: unknown;
}

async function attempt(of: string, failures: Failure[], work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    failures.push({ of, error });
  }
}

function counted(failures: readonly Failure[]): Measured {
  const counts: Partial<Record<MetricName, number>> = {};
  for (const { error } of failures) {
    const name = error instanceof Alarm ? metricOf[error.alarm.alarm] : metricOfThrown(error);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

const failureOf = (failures: readonly Failure[]): AggregateError =>
  new AggregateError(
    failures.map(({ error }) => error),
    saidOf(failures),
  );

const saidOf = (failures: readonly Failure[]): string =>
  failures.map(({ of, error }) => `${of}: ${said(error)}`).join("; ");
