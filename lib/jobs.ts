import { Duration } from "aws-cdk-lib";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { Construct } from "constructs";
import { DeploymentStack } from "./deployment-stack.ts";
import type { PlatformFunction } from "./platform-function.ts";

/** How long a job may run; a queue shows a message again only after six times as long. */
export const jobTimeout = Duration.minutes(1);

/** What jobs of a whole log are given. */
export const longJob = { timeout: Duration.minutes(15), memoryMiB: 1024 };

/** Runs a job once a minute, or as often as it says, whatever else happens: correctness never waits for a nudge. */
export class Sweep extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { lambda }: PlatformFunction,
    every = Duration.minutes(1),
  ) {
    super(scope, id);
    const deadLetterQueue = DeploymentStack.of(this).failedCalls;
    const rule = new Rule(this, "Every", { schedule: Schedule.rate(every) });
    rule.addTarget(
      new LambdaFunction(lambda, { deadLetterQueue, retryAttempts: 0, maxEventAge: every }),
    );
  }
}
