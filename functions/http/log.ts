import { Logger } from "@aws-lambda-powertools/logger";
import type { LogFields, RequestLog } from "./edge.ts";
import { embeddedMetrics, requestMetrics } from "./embedded-metrics.ts";

/** One JSON line per request on standard output, by Powertools, which CloudWatch reads as metrics too; `service` names the function. */
export function requestLog(service: string): RequestLog {
  const logger = new Logger({ serviceName: service, logLevel: "INFO" });
  const line = (fields: LogFields) => ({
    ...fields,
    ...embeddedMetrics(requestMetrics(fields), Date.now()),
  });
  return {
    info: (message, fields) => logger.info(message, line(fields)),
    error: (message, fields) => logger.error(message, line(fields)),
  };
}
