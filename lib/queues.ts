import { Duration } from "aws-cdk-lib";
import { AccountPrincipal, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { closedQueue, deadLetters } from "./dead-letters.ts";
import type { PlatformFunction } from "./platform-function.ts";

/** Wakes the next job of a log at once: a group per log, so that logs never wait for each other. */
export class Nudges extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, queueName?: string) {
    super(scope, id);
    this.queue = new Queue(this, "Queue", {
      ...closedQueue,
      ...(queueName === undefined ? {} : { queueName }),
      fifo: true,
      retentionPeriod: Duration.hours(1),
      visibilityTimeout: Duration.minutes(6),
      deadLetterQueue: {
        queue: deadLetters(this, "DeadLetters", { fifo: true }),
        maxReceiveCount: 3,
      },
    });
  }

  /** Lets a role of another account send; by its name, for it need not be there yet. */
  admit(account: string, roleArn: string): void {
    this.queue.addToResourcePolicy(
      new PolicyStatement({
        principals: [new AccountPrincipal(account)],
        actions: ["sqs:SendMessage"],
        resources: [this.queue.queueArn],
        conditions: { ArnEquals: { "aws:PrincipalArn": roleArn } },
      }),
    );
  }

  /** Gives each message to `job`: ten logs at a time, never fewer than two, and no concurrency is set aside. */
  wake(job: PlatformFunction): void {
    job.readsFrom(this.queue, { batchSize: 10, maxConcurrency: 10 });
  }
}
