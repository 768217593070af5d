import { Duration } from "aws-cdk-lib";
import { HttpApi } from "aws-cdk-lib/aws-apigatewayv2";
import { Distribution } from "aws-cdk-lib/aws-cloudfront";
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  Metric,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { CfnCluster } from "aws-cdk-lib/aws-dsql";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { CfnWebACL } from "aws-cdk-lib/aws-wafv2";
import { Construct } from "constructs";
import { metricDimension, metricsNamespace, metricUnits } from "../functions/metrics.ts";
import type { FunctionName } from "../functions/needs.ts";
import { AlarmTopic } from "./alarm-topic.ts";
import { awsAlarms } from "./aws-alarms.ts";
import type { DeploymentStack } from "./deployment-stack.ts";
import { type OwnAlarm, ownAlarms } from "./own-alarms.ts";
import { PlatformFunction } from "./platform-function.ts";

/** What an alarm is raised by. */
interface Raised {
  readonly id: string;
  readonly means: string;
  readonly metric: IMetric;
  readonly above: number;
  readonly periods: number;
  readonly silence: OwnAlarm["silence"];
}

/** Every alarm of a stack: of its functions' own metrics, and of what AWS measures of its queues, API, cluster and edge. Made last, as it looks through the stack. */
export class Alarms extends Construct {
  readonly alarms: readonly Alarm[];

  constructor(stack: DeploymentStack, id: string) {
    super(stack, id);
    const action = new SnsAction(new AlarmTopic(this, "Told").topic);
    const found = stack.node.findAll();
    const services = found.flatMap((one) => (one instanceof PlatformFunction ? [one.service] : []));
    const raised = [
      ...ownAlarms.flatMap((alarm) => ofServices(alarm, services)),
      ...awsAlarms({
        deadLetters: found.filter(isDeadLetters),
        apis: found.filter((one) => one instanceof HttpApi),
        clusters: found.filter((one) => one instanceof CfnCluster),
        distributions: found.filter((one) => one instanceof Distribution),
        firewalls: found.filter((one) => one instanceof CfnWebACL),
        calls: services.length > 0,
      }),
    ];
    this.alarms = raised.map((each) => {
      const { metric, id: named, means, above, periods, silence } = each;
      const alarm = new Alarm(
        this,
        named.replace(/(^|-| )(.)/g, (_, __, c) => c.toUpperCase()),
        {
          metric,
          alarmDescription: `${means} docs/operating.md#${runbookOf(named)}`,
          comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
          threshold: above,
          evaluationPeriods: periods,
          treatMissingData:
            TreatMissingData[silence === "breaching" ? "BREACHING" : "NOT_BREACHING"],
        },
      );
      alarm.addAlarmAction(action);
      return alarm;
    });
  }
}

/** The heading in docs/operating.md: an alarm's name without whose it is. */
const runbookOf = (id: string): string => id.replace(/ .*$/, "");

function ofServices(alarm: OwnAlarm, there: readonly FunctionName[]): readonly Raised[] {
  const { metric, statistic, minutes } = alarm;
  return alarm.services
    .filter((service) => there.includes(service))
    .map((service) => ({
      ...alarm,
      id: `${alarm.id} ${service}`,
      metric: new Metric({
        namespace: metricsNamespace,
        metricName: metric,
        dimensionsMap: { [metricDimension]: service },
        unit: metricUnits[metric] as never,
        statistic,
        period: Duration.minutes(minutes),
      }),
    }));
}

/** A queue that has none for its own failures is one. */
const isDeadLetters = (one: object): one is Queue =>
  one instanceof Queue && one.deadLetterQueue === undefined;
