import { healthSchema, readinessSchema } from "../../shared/api/health.ts";
import { type HttpReply, jsonReply } from "../http/reply.ts";

/** Whether the database answers; throws Unavailable where it does not. */
export interface HealthPorts {
  readonly ready: () => Promise<void>;
}

/** `GET /health`: this function runs. */
export const readHealth = async (): Promise<HttpReply> => jsonReply(healthSchema, { status: "up" });

/** `GET /ready`: this function runs and its database answers; else 503, as every request would get. */
export async function readReadiness({ ready }: HealthPorts): Promise<HttpReply> {
  await ready();
  return jsonReply(readinessSchema, { status: "ready" });
}
