import { Duration } from "aws-cdk-lib";
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard as Board,
  GraphWidget,
  type IMetric,
  Metric,
} from "aws-cdk-lib/aws-cloudwatch";
import { Construct } from "constructs";
import {
  type MetricName,
  metricDimension,
  metricsNamespace,
  metricUnits,
} from "../functions/metrics.ts";
import type { FunctionName } from "../functions/needs.ts";

/** A graph of metrics of ours, each of the functions that write it. */
interface Graph {
  readonly title: string;
  readonly metrics: readonly (readonly [MetricName, statistic: string, ...FunctionName[]])[];
}

const http = ["claimant", "insurer", "auditor", "public"] as const;

/** From the request to the published record, left to right. */
const graphs: readonly Graph[] = [
  { title: "Requests: time, p99", metrics: [["durationMs", "p99", ...http]] },
  { title: "Requests: 5xx", metrics: [["faults", "Sum", ...http]] },
  { title: "Requests: share refused (4xx)", metrics: [["refusals", "Average", ...http]] },
  {
    title: "From outbox to checkpoint: age",
    metrics: [
      ["outboxAgeMs", "Maximum", "sequencer"],
      ["publishLagMs", "Maximum", "publisher"],
    ],
  },
  {
    title: "Erasures that wait",
    metrics: [
      ["askedErasureMs", "Maximum", "eraser"],
      ["approvedErasureMs", "Maximum", "eraser"],
    ],
  },
  {
    title: "Outages",
    metrics: [
      ["databaseOutages", "Sum", "sequencer", "publisher", "adjudicator"],
      ["quorumMissing", "Sum", "publisher"],
    ],
  },
];

/** One page of a stack: its alarms, then what is measured along the walk, then what its database says of itself. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, alarms: readonly Alarm[], clusterId: string) {
    super(scope, id);
    const board = new Board(this, "Board", { defaultInterval: Duration.hours(12) });
    board.addWidgets(new AlarmStatusWidget({ title: "Alarms", width: 24, alarms: [...alarms] }));
    board.addWidgets(
      ...[...graphs.map(widgetOf), databaseWidget(clusterId)].map(
        ([title, left]) => new GraphWidget({ title, width: 8, left }),
      ),
    );
  }
}

const widgetOf = ({ title, metrics }: Graph): [string, IMetric[]] => [
  title,
  metrics.flatMap(([metricName, statistic, ...services]) =>
    services.map(
      (service) =>
        new Metric({
          namespace: metricsNamespace,
          metricName,
          dimensionsMap: { [metricDimension]: service },
          unit: metricUnits[metricName] as never,
          statistic,
          label: `${service} ${metricName}`,
        }),
    ),
  ),
];

const databaseWidget = (clusterId: string): [string, IMetric[]] => [
  "Database",
  ["TotalTransactions", "OccConflicts", "QueryTimeouts"].map(
    (metricName) =>
      new Metric({
        namespace: "AWS/AuroraDSQL",
        metricName,
        dimensionsMap: { ClusterId: clusterId },
        statistic: "Sum",
      }),
  ),
];
