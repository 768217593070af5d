import { Logger } from "@aws-lambda-powertools/logger";
import { embeddedMetrics } from "../http/embedded-metrics.ts";
import type { Measured } from "../metrics.ts";

/** Writes what a job counted and measured. */
export type Meter = (values: Measured) => void;

/** One JSON line on standard output, which CloudWatch reads as metrics of `service`. */
export function openMeter(service: string): Meter {
  const logger = new Logger({ serviceName: service, logLevel: "INFO" });
  return (values) => logger.info("metrics", embeddedMetrics(values, Date.now()));
}

/** Who counts each of a function's jobs that failed or can't be read. */
export function openFailureCount(service: string): () => void {
  const meter = openMeter(service);
  return () => meter({ failedJobs: 1 });
}
