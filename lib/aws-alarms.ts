import { Duration } from "aws-cdk-lib";
import type { HttpApi } from "aws-cdk-lib/aws-apigatewayv2";
import { Metric, type MetricProps } from "aws-cdk-lib/aws-cloudwatch";
import type { CfnCluster } from "aws-cdk-lib/aws-dsql";
import type { Queue } from "aws-cdk-lib/aws-sqs";

/** What AWS measures something of. */
export interface Measurable {
  readonly deadLetters: readonly Queue[];
  readonly apis: readonly HttpApi[];
  readonly clusters: readonly CfnCluster[];
}

const ofMinutes = (minutes: number, props: MetricProps): Metric =>
  new Metric({ ...props, period: Duration.minutes(minutes) });
const atOnce = { above: 0, periods: 1, silence: "notBreaching" } as const;

/** The alarms on AWS's own metrics; namespaces, names and dimensions are those that AWS documents (test/lib/alarms). */
export const awsAlarms = ({ deadLetters, apis, clusters }: Measurable) => [
  ...deadLetters.map((queue) => ({
    ...atOnce,
    id: `dead-letters ${queue.node.path.split("/").slice(1).join(" ")}`,
    means: "A message or a call failed for good.",
    metric: ofMinutes(5, {
      namespace: "AWS/SQS",
      metricName: "ApproximateNumberOfMessagesVisible",
      dimensionsMap: { QueueName: queue.queueName },
      statistic: "Maximum",
    }),
  })),
  ...apis.map(({ apiId }) => ({
    ...atOnce,
    above: 4,
    id: "api-5xx",
    means: "The API answered 5xx five times in five minutes, its gateway's own answers included.",
    metric: ofMinutes(5, {
      namespace: "AWS/ApiGateway",
      metricName: "5xx",
      dimensionsMap: { ApiId: apiId },
      statistic: "Sum",
    }),
  })),
  ...clusters.map(({ attrIdentifier }) => ({
    ...atOnce,
    id: "database-timeouts",
    means: "Statements ran into the database's own limit of time.",
    metric: ofMinutes(5, {
      namespace: "AWS/AuroraDSQL",
      metricName: "QueryTimeouts",
      dimensionsMap: { ClusterId: attrIdentifier },
      statistic: "Sum",
    }),
  })),
  {
    ...atOnce,
    id: "throttled",
    means: "Lambda turned calls away: the account's concurrency is used up.",
    metric: ofMinutes(5, { namespace: "AWS/Lambda", metricName: "Throttles", statistic: "Sum" }),
  },
];
