import { Duration } from "aws-cdk-lib";
import type { HttpApi } from "aws-cdk-lib/aws-apigatewayv2";
import type { Distribution } from "aws-cdk-lib/aws-cloudfront";
import { Metric, type MetricProps } from "aws-cdk-lib/aws-cloudwatch";
import type { CfnCluster } from "aws-cdk-lib/aws-dsql";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { CfnWebACL } from "aws-cdk-lib/aws-wafv2";

/** What AWS measures something of. */
export interface Measurable {
  readonly deadLetters: readonly Queue[];
  readonly apis: readonly HttpApi[];
  readonly clusters: readonly CfnCluster[];
  readonly distributions: readonly Distribution[];
  readonly firewalls: readonly CfnWebACL[];
  /** Whether there are functions. */
  readonly calls: boolean;
}

const ofMinutes = (minutes: number, props: MetricProps): Metric =>
  new Metric({ ...props, period: Duration.minutes(minutes) });
const atOnce = { above: 0, periods: 1, silence: "notBreaching" } as const;

/** The alarms on AWS's own metrics; namespaces, names and dimensions are those that AWS documents (test/lib/alarms). */
export const awsAlarms = (measurable: Measurable) => [
  ...ofPlatform(measurable),
  ...ofEdge(measurable),
];

const ofPlatform = ({ deadLetters, apis, clusters, calls }: Measurable) => [
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
  ...(calls ? [throttled] : []),
];

const throttled = {
  ...atOnce,
  id: "throttled",
  means: "Lambda turned calls away: the account's concurrency is used up.",
  metric: ofMinutes(5, { namespace: "AWS/Lambda", metricName: "Throttles", statistic: "Sum" }),
};

/** What one address may ask in five minutes is ten thousand: a tenth of that blocked is no single caller who mistyped. */
const blockedRequests = 1_000;

const ofEdge = ({ distributions, firewalls }: Measurable) => [
  ...distributions.map(({ distributionId }) => ({
    ...atOnce,
    above: 5,
    periods: 3,
    id: "edge-5xx",
    means: "The edge answered one request in twenty 5xx, for a quarter of an hour.",
    metric: ofMinutes(5, {
      namespace: "AWS/CloudFront",
      metricName: "5xxErrorRate",
      dimensionsMap: { DistributionId: distributionId, Region: "Global" },
      statistic: "Average",
    }),
  })),
  ...firewalls.map((firewall) => ({
    ...atOnce,
    above: blockedRequests,
    id: "edge-blocked",
    means: "The firewall blocked more than a thousand requests in five minutes.",
    metric: ofMinutes(5, {
      namespace: "AWS/WAFV2",
      metricName: "BlockedRequests",
      dimensionsMap: { WebACL: metricNameOf(firewall), Rule: "ALL" },
      statistic: "Sum",
    }),
  })),
];

function metricNameOf({ visibilityConfig }: CfnWebACL): string {
  if ("metricName" in visibilityConfig) return visibilityConfig.metricName;
  throw new Error("bug: a firewall is given its metric's name");
}
