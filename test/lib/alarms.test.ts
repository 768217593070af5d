import { describe, expect, test } from "@jest/globals";
import { claimMiB, schedules, standing, turnMiB } from "../../bench/cost/deployed.ts";
import { metricDimension, metricsNamespace, metricUnits } from "../../functions/metrics.ts";
import { ownAlarms } from "../../lib/own-alarms.ts";
import { readPage } from "../docs/pages.ts";
import { named, ofType, synthesised } from "./synthesised.ts";

const { resources } = synthesised({ alarmEmail: "on-call@insurer.example" });
const alarms = ofType(resources, "AWS::CloudWatch::Alarm").map(([path, { Properties }]) => {
  const properties = Properties as {
    AlarmDescription: string;
    Namespace: string;
    MetricName: string;
    Unit?: string;
    Statistic?: string;
    ExtendedStatistic?: string;
    ComparisonOperator: string;
    Threshold: number;
    Period: number;
    EvaluationPeriods: number;
    TreatMissingData: string;
    AlarmActions: unknown[];
    Dimensions?: { Name: string; Value: unknown }[];
  };
  return { path, ...properties };
});

/** The properties of the only resource of a type. */
function only(type: string): Record<string, unknown> {
  const found = ofType(resources, type);
  expect(found).toHaveLength(1);
  return found[0]![1].Properties;
}

test("each watches what our code writes, as the one table says: name, dimension and unit; above what, of which statistic, for how long", () => {
  const ours = alarms.filter(({ Namespace }) => Namespace === metricsNamespace);
  const expected = ownAlarms.flatMap((alarm) =>
    alarm.services.map((service) => [
      ...[alarm.metric, metricUnits[alarm.metric], [{ Name: metricDimension, Value: service }]],
      ...["GreaterThanThreshold", alarm.above, alarm.statistic],
      ...[60 * alarm.minutes, alarm.periods, alarm.silence],
    ]),
  );
  const watched = ours.map((one) => [
    ...[one.MetricName, one.Unit, one.Dimensions],
    ...[one.ComparisonOperator, one.Threshold, one.Statistic ?? one.ExtendedStatistic],
    ...[one.Period, one.EvaluationPeriods, one.TreatMissingData],
  ]);
  const sorted = (rows: unknown[][]) => rows.map((row) => JSON.stringify(row)).sort();
  expect(sorted(watched)).toEqual(sorted(expected));
});

/**
 * Names as AWS documents them: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html,
 * …/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html, …/waf/latest/developerguide/waf-metrics.html (of a firewall for CloudFront, without a region),
 * …/apigateway/latest/developerguide/http-api-metrics.html, …/aurora-dsql/latest/userguide/cloudwatch-monitoring.html, …/lambda/latest/dg/monitoring-metrics-types.html.
 */
const documented = {
  "AWS/SQS ApproximateNumberOfMessagesVisible": [{ QueueName: "AWS::SQS::Queue" }, "Maximum", 0, 1],
  "AWS/ApiGateway 5xx": [{ ApiId: "AWS::ApiGatewayV2::Api" }, "Sum", 4, 1],
  "AWS/AuroraDSQL QueryTimeouts": [{ ClusterId: "AWS::DSQL::Cluster" }, "Sum", 0, 1],
  "AWS/Lambda Throttles": [{}, "Sum", 0, 1],
  "AWS/CloudFront 5xxErrorRate": [
    { DistributionId: "AWS::CloudFront::Distribution", Region: "Global" },
    ...["Average", 5, 3],
  ],
  "AWS/WAFV2 BlockedRequests": [{ Rule: "ALL", WebACL: "its metric" }, "Sum", 1_000, 1],
} as const;

test("others watch metrics that AWS documents, of what stands here: by their dimensions, above what, for how many times five minutes", () => {
  const { VisibilityConfig } = only("AWS::WAFv2::WebACL");
  const { MetricName: ofFirewall } = VisibilityConfig as { MetricName: string };
  const aws = alarms.filter(({ Namespace }) => Namespace !== metricsNamespace);
  for (const { path, Dimensions = [], ...one } of aws) {
    expect([path, one.Period, one.ComparisonOperator, one.TreatMissingData]).toEqual([
      ...[path, 300, "GreaterThanThreshold", "notBreaching"],
    ]);
    const of = (value: unknown) =>
      value === ofFirewall
        ? "its metric"
        : (resources[`${path.split("/")[0]}/${named(value)}`]?.Type ?? value);
    const dimensions = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, of(Value)]));
    const metric = `${one.Namespace} ${one.MetricName}` as keyof typeof documented;
    expect([metric, dimensions, one.Statistic, one.Threshold, one.EvaluationPeriods]).toEqual([
      ...[metric, ...documented[metric]],
    ]);
  }
  const watched = new Set(aws.map((one) => `${one.Namespace} ${one.MetricName}`));
  expect([...watched].sort()).toEqual(Object.keys(documented).sort());
});

test("what the edge's stack watches is the edge: no function of its own", () => {
  const edge = alarms.filter(({ path }) => path.startsWith("CountersignEdge/"));
  expect(edge.map(({ MetricName }) => MetricName)).not.toContain("Throttles");
});

test("every queue of dead letters is watched, and no other", () => {
  const dead = ofType(resources, "AWS::SQS::Queue")
    .filter(([, { Properties }]) => Properties.RedrivePolicy === undefined)
    .map(([path]) => path);
  const watched = alarms
    .filter(({ Namespace }) => Namespace === "AWS/SQS")
    .map(({ path, Dimensions }) => `${path.split("/")[0]}/${named(Dimensions)}`);
  expect(watched.sort()).toEqual(dead.sort());
});

test("each leads to its own heading of the runbook, and each heading to an alarm", () => {
  const headings = readPage("operating.md").split("\n## Alarms in AWS\n")[1]?.split("\n## ")[0];
  const anchors = [...(headings ?? "").matchAll(/^### (.+)$/gm)].map(([, heading]) => heading);
  const led = alarms.map(
    ({ AlarmDescription }) => / docs\/operating\.md#([a-z0-9-]+)$/.exec(AlarmDescription)?.[1],
  );
  expect([...new Set(led)].sort()).toEqual([...anchors].sort());
});

test("each is told to a topic of its stack that is closed under a key, which takes it from CloudWatch alone", () => {
  const topics = ofType(resources, "AWS::SNS::Topic");
  for (const { path, AlarmActions } of alarms) {
    expect(topics.map(([at]) => at)).toContain(`${path.split("/")[0]}/${named(AlarmActions)}`);
  }
  for (const [, { Properties }] of topics) expect(named(Properties.KmsMasterKeyId)).not.toBe("");
  const allowed = ofType(resources, "AWS::SNS::TopicPolicy").flatMap(([, { Properties }]) =>
    (Properties.PolicyDocument as { Statement: Record<string, unknown>[] }).Statement.filter(
      ({ Effect }) => Effect === "Allow",
    ),
  );
  expect(allowed.map(({ Principal }) => Principal)).toEqual(
    topics.map(() => ({ Service: "cloudwatch.amazonaws.com" })),
  );
});

test("an address subscribes where one is given", () => {
  const endpoints = ofType(resources, "AWS::SNS::Subscription").map(
    ([, { Properties }]) => Properties.Endpoint,
  );
  expect(new Set(endpoints)).toEqual(new Set(["on-call@insurer.example"]));
});

test("every log group of ours forgets after a year; nobody else makes one", () => {
  for (const [path, { Properties }] of ofType(resources, "AWS::Logs::LogGroup")) {
    expect([path, Properties.RetentionInDays]).toEqual([path, 365]);
  }
});

test("the database is backed up every night for 35 days", () => {
  const plan = only("AWS::Backup::BackupPlan");
  expect(plan.BackupPlan).toMatchObject({
    BackupPlanRule: [
      { ScheduleExpression: "cron(0 2 * * ? *)", Lifecycle: { DeleteAfterDays: 35 } },
    ],
  });
  const selection = only("AWS::Backup::BackupSelection");
  const { Resources: chosen } = selection.BackupSelection as { Resources: unknown[] };
  const clusters = ofType(resources, "AWS::DSQL::Cluster").map(([path]) => path);
  expect(chosen.map((arn) => `CountersignPlatform/${named(arn)}`)).toEqual(clusters);
  const vault = only("AWS::Backup::BackupVault");
  expect(named(vault.EncryptionKeyArn)).not.toBe("");
});

test("there is one bus, on which the announcer alone may put", () => {
  const [bus = ""] = ofType(resources, "AWS::Events::EventBus").map(([path]) => path);
  const allowed = Object.entries(resources).filter(([, { Properties }]) =>
    JSON.stringify(Properties ?? {}).includes('"events:PutEvents"'),
  );
  expect(allowed.map(([path]) => path)).toEqual([expect.stringContaining("Announcer")]);
  expect(JSON.stringify(allowed)).toContain(bus.split("/")[1]);
});

test("the dashboard shows every alarm of its stack", () => {
  const board = only("AWS::CloudWatch::Dashboard");
  const body = JSON.stringify(board.DashboardBody);
  const here = alarms.filter(({ path }) => path.startsWith("CountersignPlatform/"));
  for (const { path } of here) expect(body).toContain(path.split("/")[1]);
});

describe("what the bill in docs/cost.md counts is what stands here", () => {
  const lambdas = new Map(
    ofType(resources, "AWS::Lambda::Function").map(([path, { Properties }]) => [
      path,
      Properties as { Description?: string; MemorySize: number },
    ]),
  );
  const nameOf = (path: string): string =>
    lambdas.get(path)?.Description?.replace("Countersign: ", "") ?? "";
  const memory = new Map([...lambdas].map(([path, { MemorySize }]) => [nameOf(path), MemorySize]));

  test("keys, alarms, dashboards, secrets and the queues that Lambda polls", () => {
    expect({
      keys: ofType(resources, "AWS::KMS::Key").length,
      alarms: alarms.length,
      dashboards: ofType(resources, "AWS::CloudWatch::Dashboard").length,
      secrets: ofType(resources, "AWS::SecretsManager::Secret").length,
      polledQueues: ofType(resources, "AWS::Lambda::EventSourceMapping").length,
    }).toEqual(standing);
  });

  test("every schedule, and the memory of what it calls", () => {
    const minutes: Readonly<Record<string, number>> = { "rate(1 minute)": 1, "rate(1 hour)": 60 };
    const found = ofType(resources, "AWS::Events::Rule").map(([path, { Properties }]) => {
      const { ScheduleExpression, Targets } = Properties as {
        ScheduleExpression: string;
        Targets: { Arn: unknown }[];
      };
      const name = nameOf(`${path.split("/")[0]}/${named(Targets[0]?.Arn)}`);
      return [name, [minutes[ScheduleExpression], memory.get(name)]];
    });
    expect(found).toHaveLength(Object.keys(schedules).length);
    expect(Object.fromEntries(found)).toEqual(schedules);
  });

  test("the memory of the functions that a claim passes", () => {
    const jobs = ["adjudicator", "sequencer", "signer", "publisher"].map((name) =>
      Number(memory.get(name)),
    );
    expect(jobs.reduce((sum, MiB) => sum + MiB, 0) / jobs.length).toBe(turnMiB);
    expect(memory.get("claimant")).toBe(claimMiB);
  });
});
