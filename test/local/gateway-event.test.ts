import { once } from "node:events";
import { request as send } from "node:http";
import { describe, expect, test } from "@jest/globals";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { tokenClaims } from "../../functions/http/token.ts";
import { textClaims } from "../../local/gateway/authorizer.ts";
import { clfTime, proxyEvent, splitTarget } from "../../local/gateway/event.ts";
import { listen } from "../../local/gateway/listen.ts";
import { accessClaims } from "../../local/issuer/token.ts";
import { localUser } from "../../local/issuer/users.ts";
import { matchRoute } from "../../shared/api/match.ts";
import { routeTable } from "../../shared/api/routes.ts";

/**
 * The members of the 2.0 example event in "Payload format structure" of
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html, with the type of each value;
 * without clientCert, lambda and stageVariables, which this API does not have.
 */
const documented = {
  version: "string",
  routeKey: "string",
  rawPath: "string",
  rawQueryString: "string",
  cookies: ["string"],
  headers: "map",
  queryStringParameters: "map",
  requestContext: {
    accountId: "string",
    apiId: "string",
    authorizer: { jwt: { claims: "map", scopes: ["string"] } },
    domainName: "string",
    domainPrefix: "string",
    http: {
      method: "string",
      path: "string",
      protocol: "string",
      sourceIp: "string",
      userAgent: "string",
    },
    requestId: "string",
    routeKey: "string",
    stage: "string",
    time: "string",
    timeEpoch: "number",
  },
  body: "string",
  pathParameters: "map",
  isBase64Encoded: "boolean",
};

const maps = new Set(["headers", "queryStringParameters", "pathParameters", "claims"]);

function shapeOf(value: unknown, name = ""): unknown {
  if (Array.isArray(value)) return [...new Set(value.map((item) => shapeOf(item)))];
  if (typeof value !== "object" || value === null) return typeof value;
  if (maps.has(name)) {
    expect(Object.values(value).every((text) => typeof text === "string")).toBe(true);
    return "map";
  }
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, shapeOf(part, key)]));
}

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers?: Record<string, string | string[]>;
  readonly body?: Uint8Array;
}

/** The event a real request becomes. */
async function eventOf({
  method,
  path,
  headers = {},
  body,
}: Sent): Promise<APIGatewayProxyEventV2> {
  const made = Promise.withResolvers<APIGatewayProxyEventV2>();
  const server = await listen("The test", 0, (request, response) => {
    made.resolve(
      proxyEvent(request, {
        body: body ?? new Uint8Array(),
        routeKey: "POST /my/{parameter1}",
        pathParameters: path.startsWith("/my/") ? { parameter1: "path" } : {},
        authorized: { claims: { claim1: "value1" }, scopes: ["scope1"] },
        nowMs: 1_584_039_838_390,
      }),
    );
    response.end();
  });
  const request = send({
    host: "127.0.0.1",
    port: server.port,
    method,
    path,
    headers,
    agent: false,
  });
  request.end(body);
  await once(request, "response");
  await server.stop(0);
  return made.promise;
}

describe("the event of a request", () => {
  const full: Sent = {
    method: "POST",
    path: "/my/path?parameter1=value1&parameter1=value2&parameter2=a%20b+c",
    headers: {
      Header1: "value1",
      Header2: ["value1", "value2"],
      Cookie: "cookie1; cookie2=2",
      "Content-Type": "text/plain",
    },
    body: Buffer.from("Hello, 相互宝"),
  };

  test("has the members of AWS's documented example", async () => {
    expect(shapeOf(await eventOf(full))).toEqual(documented);
  });

  test("holds what was sent, joined and split as documented", async () => {
    const event = await eventOf(full);
    expect(event).toMatchObject({
      version: "2.0",
      rawPath: "/my/path",
      rawQueryString: "parameter1=value1&parameter1=value2&parameter2=a%20b+c",
      cookies: ["cookie1", "cookie2=2"],
      queryStringParameters: { parameter1: "value1,value2", parameter2: "a b c" },
      body: "Hello, 相互宝",
      isBase64Encoded: false,
    });
    expect(event.headers).toMatchObject({ header1: "value1", header2: "value1,value2" });
    expect(event.headers).not.toHaveProperty("cookie");
    expect(event.requestContext).toMatchObject({
      time: "12/Mar/2020:19:03:58 +0000",
      timeEpoch: 1_584_039_838_390,
      http: { method: "POST", path: "/my/path", protocol: "HTTP/1.1", sourceIp: "127.0.0.1" },
    });
  });

  test("leaves out what the request lacks", async () => {
    const event = await eventOf({ method: "GET", path: "/" });
    for (const member of ["body", "cookies", "queryStringParameters", "pathParameters"]) {
      expect(event).not.toHaveProperty(member);
    }
    expect(event).toMatchObject({ rawQueryString: "", isBase64Encoded: false });
  });

  test.each([
    ["application/json; charset=utf-8", false],
    ["application/octet-stream", true],
    ["application/x-www-form-urlencoded", true],
    ["", true],
  ])("a body of type %j is in base64: %s", async (type, base64) => {
    const headers: Record<string, string> = type === "" ? {} : { "content-type": type };
    const event = await eventOf({ method: "POST", path: "/", headers, body: Buffer.from("{}") });
    expect([event.isBase64Encoded, event.body]).toEqual([base64, base64 ? "e30=" : "{}"]);
  });
});

test("claims become text: lists in brackets, objects as JSON, null left out", () => {
  const claims = { "cognito:groups": ["a", "b"], exp: 1, ok: true, address: { a: 1 }, none: null };
  expect(textClaims(claims)).toEqual({
    "cognito:groups": "[a b]",
    exp: "1",
    ok: "true",
    address: '{"a":1}',
  });
});

/**
 * The claims of a person's access token in events that others published: Cognito's by somebody who asked at AWS
 * (https://repost.aws/questions/QUZX9Cz1Z9S72Fcsg08Z__kw, with what they blacked out filled in), whose client names no route scope.
 */
const publishedJwt = {
  claims: {
    auth_time: "1675018035",
    client_id: "1example23456789",
    event_id: "031bcda9-f10d-4132-abc7-000000000000",
    exp: "1675021635",
    iat: "1675018035",
    iss: "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_example",
    jti: "1a6cf3b9-f809-412a-bc68-000000000000",
    origin_jti: "80bb0296-6acc-47f8-8963-e6a2d9f0a26c",
    scope: "aws.cognito.signin.user.admin",
    sub: "aaaaaaaa-0000-4000-8000-000000000000",
    token_use: "access",
    username: "aaaaaaaa-0000-4000-8000-000000000000",
  },
  scopes: null,
};

test("a function is given of a token here what it is given of Cognito's, name by name and in the same form", () => {
  const times = { issuedAt: 1_675_018_035, signedInAt: 1_675_018_035, id: "1a6cf3b9" };
  const { version: _, ...made } = accessClaims("i", localUser("amina", "claimant"), ["a"], times);
  const { "cognito:groups": groups, ...given } = textClaims(made);
  expect(Object.keys(given).sort()).toEqual(Object.keys(publishedJwt.claims).sort());
  expect(groups).toBe("[claimant]");
  for (const name of ["auth_time", "exp", "iat"] as const) {
    expect(given[name]).toBe(publishedJwt.claims[name]);
  }
});

test("a published event's claims are read: who it is, its scopes, and that a person signed in", () => {
  const event = { requestContext: { authorizer: { jwt: publishedJwt } } } as never;
  expect(tokenClaims(event)).toMatchObject({
    issuer: publishedJwt.claims.iss,
    sub: publishedJwt.claims.sub,
    scopes: ["aws.cognito.signin.user.admin"],
    credential: { kind: "access-token" },
  });
  const { username: _, ...client } = publishedJwt.claims;
  const machine = { authorizer: { jwt: { claims: client, scopes: ["scope1", "scope2"] } } };
  expect(tokenClaims({ requestContext: machine } as never)?.credential.kind).toBe(
    "client-credentials",
  );
});

test("time is UTC, on the first second of a year too", () => {
  expect(clfTime(Date.UTC(2026, 0, 1))).toBe("01/Jan/2026:00:00:00 +0000");
});

test("a target splits at its first question mark", () => {
  expect(splitTarget("/a?b?c")).toEqual({ rawPath: "/a", rawQueryString: "b?c" });
});

describe("routes", () => {
  test("literal starts win over greedy variables, which take the rest of the path", () => {
    const tile = matchRoute(routeTable, "GET", "/logs/a/tile/0/x001/000");
    expect(tile?.route.path).toBe("/logs/{insurer}/tile/{path+}");
    expect(tile?.pathParameters).toEqual({ insurer: "a", path: "0/x001/000" });
    const entries = matchRoute(routeTable, "GET", "/logs/a/tile/entries/000");
    expect(entries?.route.path).toBe("/logs/{insurer}/tile/entries/{path+}");
    expect(entries?.pathParameters).toEqual({ insurer: "a", path: "000" });
  });

  test.each([
    ["DELETE", "/claims"],
    ["GET", "/claims/"],
    ["GET", "/claims//receipts"],
    ["GET", "/logs/a/tile/"],
    ["GET", "//claims/a"],
    ["GET", "*"],
  ])("%s %s is no route", (method, path) => {
    expect(matchRoute(routeTable, method, path)).toBeUndefined();
  });
});
