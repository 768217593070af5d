import { randomBytes, randomUUID } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type { Authorized } from "./authorizer.ts";

/** Ids a local API has instead of those AWS would give it. */
export const localApi = {
  accountId: "000000000000",
  apiId: "local",
  domainName: "local.execute-api.localhost",
} as const;

/** What the event is made of besides the request itself. */
export interface EventParts {
  readonly body: Uint8Array;
  readonly routeKey: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly authorized: Authorized | undefined;
  readonly nowMs: number;
}

/**
 * The event API Gateway sends a Lambda proxy integration in payload format 2.0
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html). What a request lacks
 * (cookies, query, body, path parameters) is absent from the event, as there.
 */
export function proxyEvent(request: IncomingMessage, parts: EventParts): APIGatewayProxyEventV2 {
  const { body, routeKey, pathParameters, authorized, nowMs } = parts;
  const { rawPath, rawQueryString } = splitTarget(request.url ?? "/");
  const headers = joinedHeaders(request.headersDistinct);
  const cookies = (request.headers.cookie ?? "").split(/;\s*/).filter((one) => one !== "");
  const base64 = !isTextType(headers["content-type"]);
  return {
    version: "2.0",
    routeKey,
    rawPath,
    rawQueryString,
    ...(cookies.length > 0 ? { cookies } : {}),
    headers: { ...headers, ...forwarded(request, headers) },
    ...(rawQueryString === "" ? {} : { queryStringParameters: joinedQuery(rawQueryString) }),
    requestContext: {
      accountId: localApi.accountId,
      apiId: localApi.apiId,
      ...(authorized === undefined ? {} : { authorizer: { jwt: authorized } }),
      domainName: localApi.domainName,
      domainPrefix: localApi.apiId,
      http: {
        method: request.method ?? "GET",
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? "127.0.0.1",
        userAgent: headers["user-agent"] ?? "",
      },
      requestId: randomUUID(),
      routeKey,
      stage: "$default",
      time: clfTime(nowMs),
      timeEpoch: nowMs,
    },
    ...(body.length > 0 ? { body: Buffer.from(body).toString(base64 ? "base64" : "utf8") } : {}),
    ...(Object.keys(pathParameters).length > 0 ? { pathParameters: { ...pathParameters } } : {}),
    isBase64Encoded: body.length > 0 && base64,
  };
}

/** Path and query of a request target, as sent. */
export function splitTarget(target: string): { rawPath: string; rawQueryString: string } {
  const mark = target.indexOf("?");
  if (mark < 0) return { rawPath: target, rawQueryString: "" };
  return { rawPath: target.slice(0, mark), rawQueryString: target.slice(mark + 1) };
}

/** Bodies of these types arrive as text, all others (forms and untyped ones too) in base64. */
function isTextType(contentType = ""): boolean {
  const type = contentType.split(";")[0]?.trim().toLowerCase() ?? "";
  return /^(text\/.+|application\/(json|xml|javascript))$/.test(type);
}

/** Lower-case names, repeated headers joined by commas; cookies have their own member. */
function joinedHeaders(distinct: NodeJS.Dict<string[]>): Record<string, string> {
  const joined = Object.entries(distinct)
    .filter(([name]) => name !== "cookie" && name !== "connection")
    .map(([name, values]) => [name, (values ?? []).join(",")]);
  return Object.fromEntries(joined);
}

function forwarded(request: IncomingMessage, headers: IncomingHttpHeaders) {
  const trace = `Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${randomBytes(12).toString("hex")}`;
  return {
    "x-amzn-trace-id": headers["x-amzn-trace-id"] ?? trace,
    "x-forwarded-for": request.socket.remoteAddress ?? "127.0.0.1",
    "x-forwarded-port": String(request.socket.localPort ?? 0),
    "x-forwarded-proto": "http",
  } as Record<string, string>;
}

function joinedQuery(rawQueryString: string): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    const before = Object.hasOwn(joined, name) ? `${joined[name]},` : "";
    joined[name] = `${before}${value}`;
  }
  return joined;
}

const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** Common Log Format time, in UTC whatever the machine's zone: 12/Mar/2020:19:03:58 +0000. */
export function clfTime(ms: number): string {
  const [day = "", clock = ""] = new Date(ms).toISOString().slice(0, 19).split("T");
  const [year, month, date] = day.split("-");
  return `${date}/${months[Number(month) - 1]}/${year}:${clock} +0000`;
}
