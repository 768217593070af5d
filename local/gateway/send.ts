import { randomBytes } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import {
  type GatewayStatus,
  gatewayErrors,
  gatewayLimits,
} from "../../shared/api/gateway-error.ts";

/** API Gateway's own error: `{"message":"…"}`, no line end. What was not read of the request is left; the connection ends. */
export function gatewayError(response: ServerResponse, status: GatewayStatus): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (!response.req.complete) response.setHeader("connection", "close");
  response.setHeader("apigw-requestid", randomBytes(11).toString("base64url"));
  response.setHeader("content-type", "application/json");
  const body = JSON.stringify({ message: gatewayErrors[status] });
  response.writeHead(status, { "content-length": body.length }).end(body);
}

/** A Lambda proxy result as HTTP; a result that isn't one, or is larger than Lambda's may be, is API Gateway's 500. */
export function sendResult(
  response: ServerResponse,
  result: APIGatewayProxyStructuredResultV2,
): void {
  const { statusCode, headers, cookies, body = "", isBase64Encoded } = result;
  const whole = Number.isInteger(statusCode) && statusCode !== undefined && statusCode >= 200;
  if (!whole || exceeds(result, body)) {
    gatewayError(response, 500);
    return;
  }
  const bytes = Buffer.from(body, isBase64Encoded ? "base64" : "utf8");
  response.setHeader("apigw-requestid", randomBytes(11).toString("base64url"));
  response.setHeader("content-type", "text/plain;charset=UTF-8");
  for (const [name, value] of Object.entries(headers ?? {}))
    response.setHeader(name, String(value));
  if (cookies) response.setHeader("set-cookie", cookies);
  const bodiless = statusCode === 204 || statusCode === 304;
  if (bodiless) response.removeHeader("content-type");
  response.writeHead(statusCode, bodiless ? {} : { "content-length": bytes.length });
  response.end(bodiless ? undefined : bytes);
}

/** A body this small can't be beyond the limit, whatever its escapes. */
const surelySmall = gatewayLimits.functionBytes / 8;

/** Whether an event or a result, of which `body` is by far the largest part, is more JSON than Lambda takes or gives. */
export const exceeds = (whole: object, body: string): boolean =>
  body.length > surelySmall &&
  Buffer.byteLength(JSON.stringify(whole)) > gatewayLimits.functionBytes;
