import { Logger } from "@aws-lambda-powertools/logger";
import type { Trail } from "../sequencer/trail.ts";

/** One JSON line on standard output for each batch or checkpoint, as `service`. */
export function openTrail(service: string): Trail {
  const logger = new Logger({ serviceName: service, logLevel: "INFO" });
  return (message, fields) => logger.info(message, { ...fields });
}
