import { randomBytes, randomUUID } from "node:crypto";
import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  Context,
} from "aws-lambda";
import { localApi } from "./event.ts";

/** A Lambda handler as the gateway calls it. */
export type Handler = (event: APIGatewayProxyEventV2, context: Context) => Promise<unknown>;

/** A function's own limit within the gateway's: 29 of 30 seconds, so that it can say 503 itself. */
const functionShare = 29 / 30;

/** A function ran longer than the integration waits. */
export class TimedOut extends Error {
  override readonly name = "TimedOut";
}

/**
 * Calls `handler` in this process as Lambda would: a copy of the event, a context that knows the time left. Gives its result as API Gateway
 * reads it; throws TimedOut after `timeoutMs`, and whatever the handler throws.
 */
export async function invoke(
  name: string,
  handler: Handler,
  event: APIGatewayProxyEventV2,
  timeoutMs: number,
): Promise<APIGatewayProxyStructuredResultV2> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimedOut(name)), timeoutMs);
  });
  const context = lambdaContext(name, timeoutMs * functionShare);
  const answer = (async () => handler(structuredClone(event), context))();
  try {
    return interpret(await Promise.race([answer, late]));
  } finally {
    clearTimeout(timer);
    answer.catch(() => {});
  }
}

/** Without a statusCode, whatever JSON the function returned is the body of a 200. */
function interpret(result: unknown): APIGatewayProxyStructuredResultV2 {
  if (isStructured(result)) return result;
  const body = typeof result === "string" ? result : JSON.stringify(result);
  return { statusCode: 200, headers: { "content-type": "application/json" }, body };
}

const isStructured = (result: unknown): result is APIGatewayProxyStructuredResultV2 =>
  typeof result === "object" && result !== null && "statusCode" in result;

function lambdaContext(name: string, timeoutMs: number): Context {
  const endsMs = Date.now() + timeoutMs;
  const stream = new Date().toISOString().slice(0, 10).replaceAll("-", "/");
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: name,
    functionVersion: "$LATEST",
    invokedFunctionArn: `arn:aws:lambda:local:${localApi.accountId}:function:${name}`,
    memoryLimitInMB: "256",
    awsRequestId: randomUUID(),
    logGroupName: `/aws/lambda/${name}`,
    logStreamName: `${stream}/[$LATEST]${randomBytes(16).toString("hex")}`,
    getRemainingTimeInMillis: () => Math.max(0, endsMs - Date.now()),
    done: () => {},
    fail: () => {},
    succeed: () => {},
  };
}
