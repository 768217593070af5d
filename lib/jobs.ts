import { Duration } from "aws-cdk-lib";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import { Queue, QueueEncryption, type QueueProps } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";

/** How long a job may run; a queue shows a message again only after six times as long. */
export const jobTimeout = Duration.minutes(1);

/** What holds of every queue here. */
const closed = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true } as const;

/** Where messages and calls go that failed for good; an operator reads them. */
export function deadLetters(scope: Construct, id: string, props: QueueProps = {}): Queue {
  const queue = new Queue(scope, id, { ...closed, retentionPeriod: Duration.days(14), ...props });
  acknowledge(queue, "AwsSolutions-SQS3", "It is the dead-letter queue itself.");
  return queue;
}

/** Wakes the next job of a log at once: a group per log, so that logs never wait for each other. */
export class Nudges extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.queue = new Queue(this, "Queue", {
      ...closed,
      fifo: true,
      retentionPeriod: Duration.hours(1),
      visibilityTimeout: Duration.minutes(6),
      deadLetterQueue: {
        queue: deadLetters(this, "DeadLetters", { fifo: true }),
        maxReceiveCount: 3,
      },
    });
  }

  /** Gives each message to `job`. */
  wake(job: IFunction): void {
    job.addEventSource(new SqsEventSource(this.queue, { batchSize: 10, maxConcurrency: 10 }));
  }
}

/** Runs a job once a minute, or as often as it says, whatever else happens: correctness never waits for a nudge. */
export class Sweep extends Construct {
  constructor(scope: Construct, id: string, job: IFunction, every = Duration.minutes(1)) {
    super(scope, id);
    const deadLetterQueue = deadLetters(this, "DeadLetters");
    const rule = new Rule(this, "Every", { schedule: Schedule.rate(every) });
    rule.addTarget(
      new LambdaFunction(job, { deadLetterQueue, retryAttempts: 0, maxEventAge: every }),
    );
  }
}
