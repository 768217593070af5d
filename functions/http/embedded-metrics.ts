import {
  type Measured,
  type MetricName,
  metricDimension,
  metricsNamespace,
  metricUnits,
} from "../metrics.ts";
import type { LogFields } from "./edge.ts";

/**
 * What turns a log line into metrics too: CloudWatch's embedded metric format
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html). The line's own `service` is the
 * one dimension: each further value of one would be charged as a metric of its own, and the line has route and insurer for whoever looks closer.
 */
export const embeddedMetrics = (values: Measured, nowMs: number) => ({
  ...values,
  _aws: {
    Timestamp: nowMs,
    CloudWatchMetrics: [
      {
        Namespace: metricsNamespace,
        Dimensions: [[metricDimension]],
        Metrics: (Object.keys(values) as MetricName[]).map((name) => ({
          Name: name,
          Unit: metricUnits[name],
        })),
      },
    ],
  },
});

/** A request's metrics: whether it was refused (4xx) or failed (5xx), and how long it took unless it was asked to wait. */
export const requestMetrics = ({ status, durationMs, waited }: LogFields): Measured => ({
  ...(waited ? {} : { durationMs }),
  refusals: status >= 400 && status < 500 ? 1 : 0,
  faults: status >= 500 ? 1 : 0,
});
