import { randomUUID } from "node:crypto";
import { Logger } from "@aws-lambda-powertools/logger";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { SQSEvent } from "aws-lambda";
import type { LogAlarm } from "../publisher/alarm.ts";
import { awsErrorName } from "./aws-error.ts";
import { awsLimits } from "./aws-limits.ts";

/** What the role that calls this adapter must be allowed. */
export const needs = [{ action: "sqs:SendMessage", resource: "queue of the next job" }] as const;

/** Wakes the next job of one log. */
export type Nudge = (insurer: string) => Promise<void>;

/**
 * Nudges through the FIFO queue at `url`: one group per log, every message its own. A nudge may fail, for the sweep comes within a
 * minute; `failed` is told the error's name.
 */
export const sqsNudge =
  (client: SQSClient, url: string, failed: (name: string) => void): Nudge =>
  async (insurer) => {
    const message = new SendMessageCommand({
      QueueUrl: url,
      MessageBody: insurer,
      MessageGroupId: insurer,
      MessageDeduplicationId: randomUUID(),
    });
    await client.send(message).catch((error: unknown) => failed(awsErrorName(error) ?? "unknown"));
  };

/** {@link sqsNudge} in a Lambda function; a failure is one line of its log. */
export function openNudge(env: { readonly NUDGE_QUEUE_URL: string }): Nudge {
  const logger = new Logger({ serviceName: "nudge" });
  const failed = (error: string): void => logger.error("nudge", { error });
  return sqsNudge(new SQSClient({ ...awsLimits }), env.NUDGE_QUEUE_URL, failed);
}

/** What wakes a job: messages that name logs, or the sweep, which names none and means all. */
export type WakingEvent = Partial<Pick<SQSEvent, "Records">>;

/** A log must stop until a person has looked: an alarm value, thrown so that the call fails. */
class Alarm extends Error {
  override readonly name = "Alarm";
}

/** What the job's log may say of a failure: an alarm in full, of anything else its name. */
const said = (error: unknown): string =>
  error instanceof Alarm ? error.message : error instanceof Error ? error.name : "unknown";

/**
 * Does `work` for each log the event names, or for all, and nudges the next job where there was a message or work done. A log that
 * fails or gives an alarm stops no other; throws AggregateError in the end, so that the messages come again and the failure is counted.
 */
export async function relay(
  event: WakingEvent,
  all: () => Promise<readonly string[]>,
  work: (insurer: string) => Promise<number | LogAlarm>,
  nudge: Nudge = async () => {},
): Promise<void> {
  const named = event.Records?.map(({ body }) => body);
  const failures: { readonly insurer: string; readonly error: unknown }[] = [];
  for (const insurer of new Set(named ?? (await all()))) {
    try {
      const done = await work(insurer);
      if (typeof done !== "number") throw new Alarm(`${done.alarm}: ${done.detail}`);
      if (done > 0 || named) await nudge(insurer);
    } catch (error) {
      failures.push({ insurer, error });
    }
  }
  if (failures.length === 0) return;
  const what = failures.map(({ insurer, error }) => `${insurer}: ${said(error)}`).join("; ");
  throw new AggregateError(
    failures.map(({ error }) => error),
    what,
  );
}
