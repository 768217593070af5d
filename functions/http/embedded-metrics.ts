import type { LogFields } from "./edge.ts";

/** The namespace of our metrics in CloudWatch. */
export const metricsNamespace = "Countersign";

/**
 * What turns a request's log line into metrics too: CloudWatch's embedded metric format
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html). Per function and route: the time it took, and whether
 * it was refused (4xx) or failed (5xx), each 0 or 1, so that their averages are rates. `service` and `route` are members of the line.
 */
export const embeddedMetrics = ({ status }: LogFields, nowMs: number) => ({
  refusals: status >= 400 && status < 500 ? 1 : 0,
  faults: status >= 500 ? 1 : 0,
  _aws: {
    Timestamp: nowMs,
    CloudWatchMetrics: [
      {
        Namespace: metricsNamespace,
        Dimensions: [["service", "route"]],
        Metrics: [
          { Name: "durationMs", Unit: "Milliseconds" },
          { Name: "refusals", Unit: "Count" },
          { Name: "faults", Unit: "Count" },
        ],
      },
    ],
  },
});
