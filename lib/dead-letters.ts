import { Duration } from "aws-cdk-lib";
import { Queue, QueueEncryption, type QueueProps } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";

/** What holds of every queue here: a message is an insurer's id, so SQS's own keys close it. */
export const closedQueue = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true } as const;

/** Where messages and calls go that failed for good; an operator reads them. */
export function deadLetters(scope: Construct, id: string, props: QueueProps = {}): Queue {
  const queue = new Queue(scope, id, {
    ...closedQueue,
    retentionPeriod: Duration.days(14),
    ...props,
  });
  acknowledge(queue, "Serverless-SQSRedrivePolicy", "It is where others redrive to.");
  return queue;
}
