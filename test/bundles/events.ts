import { createHash, randomUUID } from "node:crypto";
import type { SentMessage } from "../../local/sqs/serve.ts";

/*
 * The events that reach the functions, in the shapes AWS documents; written here by these pages and by nothing of ours.
 */

/** Who asks over HTTP: the claims of a Cognito access token. */
export interface Person {
  readonly sub: string;
  readonly username?: string;
  readonly scopes: readonly string[];
}

/** One request, as API Gateway has matched it. */
export interface Request {
  /** `POST /claims/{id}/decisions`. */
  readonly routeKey: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly as?: Person;
}

export const issuer = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_EXAMPLE";

/**
 * A Lambda proxy integration of an HTTP API in payload format 2.0, with a JWT authorizer:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function httpEvent({ routeKey, params, query, headers, body, as }: Request) {
  const [method = "", pattern = ""] = routeKey.split(" ");
  const rawPath = pattern.replaceAll(/\{(\w+)\+?\}/g, (_, name) => params?.[name] ?? "");
  const now = new Date();
  return {
    version: "2.0",
    routeKey,
    rawPath,
    rawQueryString: new URLSearchParams(query).toString(),
    headers: {
      accept: "*/*",
      host: "id.execute-api.us-east-1.amazonaws.com",
      "x-amzn-trace-id": `Root=1-${Math.floor(now.getTime() / 1_000).toString(16)}-${"0".repeat(24)}`,
      "x-forwarded-for": "192.0.2.1",
      "x-forwarded-port": "443",
      "x-forwarded-proto": "https",
      ...(body && { "content-type": "application/json" }),
      ...headers,
    },
    ...(query && { queryStringParameters: query }),
    requestContext: {
      accountId: "123456789012",
      apiId: "api-id",
      ...(as && { authorizer: { jwt: { claims: claimsOf(as), scopes: [...as.scopes] } } }),
      domainName: "id.execute-api.us-east-1.amazonaws.com",
      domainPrefix: "id",
      http: {
        method,
        path: rawPath,
        protocol: "HTTP/1.1",
        sourceIp: "192.0.2.1",
        userAgent: "agent",
      },
      requestId: randomUUID(),
      routeKey,
      stage: "$default",
      time: "12/Mar/2020:19:03:58 +0000",
      timeEpoch: now.getTime(),
    },
    ...(body && { body: JSON.stringify(body) }),
    ...(params && { pathParameters: params }),
    isBase64Encoded: false,
  };
}

/** An access token: https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html; each claim is text. */
const claimsOf = ({ sub, username, scopes }: Person) => ({
  sub,
  iss: issuer,
  version: "2",
  client_id: username === undefined ? sub : "client",
  token_use: "access",
  scope: scopes.join(" "),
  auth_time: "1676312777",
  exp: "1976316377",
  iat: "1676312777",
  jti: randomUUID(),
  ...(username !== undefined && { username }),
});

/** Messages of a FIFO queue, at most ten: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export const sqsEvent = (queue: string, messages: readonly SentMessage[]) => ({
  Records: messages.map(({ body, group, deduplication, attributes }) => ({
    messageId: randomUUID(),
    receiptHandle: "AQEBBX8nesZEXmkhsmZeyIE8iQAMig7qw...",
    body,
    attributes: {
      ApproximateReceiveCount: "1",
      SentTimestamp: "1573251510774",
      SequenceNumber: "18849496460467696128",
      MessageGroupId: group,
      SenderId: "AIDAIO23YVJENQZJOL4VO",
      MessageDeduplicationId: deduplication,
      ApproximateFirstReceiveTimestamp: "1573251510774",
    },
    messageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([name, { DataType: dataType, StringValue: stringValue }]) => [
        name,
        { stringValue, stringListValues: [], binaryListValues: [], dataType },
      ]),
    ),
    md5OfBody: createHash("md5").update(body).digest("hex"),
    eventSource: "aws:sqs",
    eventSourceARN: `arn:aws:sqs:us-east-1:123456789012:${queue}`,
    awsRegion: "us-east-1",
  })),
});

/** A rule's schedule: https://docs.aws.amazon.com/lambda/latest/dg/with-eventbridge-scheduler.html */
export const scheduledEvent = () => ({
  version: "0",
  id: randomUUID(),
  "detail-type": "Scheduled Event",
  source: "aws.events",
  account: "123456789012",
  time: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
  region: "us-east-1",
  resources: ["arn:aws:events:us-east-1:123456789012:rule/my-scheduled-rule"],
  detail: {},
});

/** CloudFormation's request to a custom resource: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html */
export const customResourceEvent = (
  type: "Create" | "Update" | "Delete",
  responseUrl: string,
  properties: Readonly<Record<string, string>>,
) => ({
  RequestType: type,
  ResponseURL: responseUrl,
  StackId:
    "arn:aws:cloudformation:us-east-1:123456789012:stack/mystack/e6f0a5f0-b0f0-11e0-8d6e-5081b4d0b3a0",
  RequestId: randomUUID(),
  ResourceType: "Custom::Migrations",
  LogicalResourceId: "MyTestResource",
  ...(type !== "Create" && { PhysicalResourceId: "migrations" }),
  ResourceProperties: {
    ServiceToken: "arn:aws:lambda:us-east-1:123456789012:function:migrate",
    ...properties,
  },
});
