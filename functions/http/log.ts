import { Logger } from "@aws-lambda-powertools/logger";
import type { RequestLog } from "./edge.ts";

/** One JSON line per request on standard output, by Powertools; `service` names the function. */
export function requestLog(service: string): RequestLog {
  const logger = new Logger({ serviceName: service, logLevel: "INFO" });
  return {
    info: (message, fields) => logger.info(message, { ...fields }),
    error: (message, fields) => logger.error(message, { ...fields }),
  };
}
