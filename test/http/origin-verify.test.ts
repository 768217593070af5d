import { beforeAll, describe, expect, test } from "@jest/globals";
import { lambdaEnvironment } from "../../bench/lambda-environment.ts";
import type { LambdaHandler } from "../../functions/http/event.ts";
import { parseOriginVerify } from "../../functions/http/origin-verify.ts";
import { routeKeyOf } from "../../shared/api/route.ts";
import { routeTable } from "../../shared/api/routes.ts";
import { Malformed } from "../../shared/base/malformed.ts";

const [older, newer] = ["a".repeat(64), `B${"7".repeat(63)}`];

test("the variable is none, one value or two; any other text is refused, for a lost value opens no door", () => {
  expect(parseOriginVerify("none")).toBeUndefined();
  expect(parseOriginVerify(older)).toHaveLength(1);
  expect(parseOriginVerify(`${older},${newer}`)).toHaveLength(2);
  const bad = ["", ",", "None", "short", `${older},`, `,${older}`, `${older},none`, `${older} `];
  for (const text of [...bad, `${older},${newer},${older}`, "é".repeat(40)]) {
    expect(() => parseOriginVerify(text)).toThrow(Malformed);
  }
});

describe("each function behind the API, as it is deployed", () => {
  const handlers = new Map<string, LambdaHandler>();
  beforeAll(async () => {
    const ORIGIN_VERIFY = `${older},${newer}`;
    // Nobody reads a line for each of some hundred requests.
    Object.assign(process.env, lambdaEnvironment, { ORIGIN_VERIFY, AWS_LAMBDA_LOG_LEVEL: "FATAL" });
    handlers.set("claimant", (await import("../../functions/claimant/handler.ts")).handler);
    handlers.set("insurer", (await import("../../functions/insurer/handler.ts")).handler);
    handlers.set("auditor", (await import("../../functions/auditor/handler.ts")).handler);
    handlers.set("public", (await import("../../functions/public/handler.ts")).handler);
    handlers.set("unrouted", (await import("../../functions/unrouted/handler.ts")).handler);
  });
  const rows = [
    ...routeTable
      .filter(({ audience }) => audience !== "published")
      .map((row) => [row.audience as string, routeKeyOf(row), row.example.path] as const),
    ["unrouted", "$default", "/nowhere"] as const,
  ];
  const ask = async (name: string, routeKey: string, rawPath: string, headers: object) => {
    const [method = ""] = routeKey.split(" ");
    const event = {
      ...{ version: "2.0", routeKey, rawPath, rawQueryString: "", isBase64Encoded: false },
      headers,
      requestContext: { requestId: "r", http: { method } },
    };
    const context = { getRemainingTimeInMillis: () => 29_000 };
    const answer = await handlers.get(name)!(event as never, context as never);
    const { code, detail } = { code: "", detail: "", ...JSON.parse(answer.body ?? "{}") };
    return { status: answer.statusCode, code, detail, headers: answer.headers };
  };
  const refused = "Ask the API at its own name.";

  test.each(rows)(
    "%s refuses %s without the edge's word, before it asks who it is",
    async (...row) => {
      for (const headers of [
        {},
        { "x-origin-verify": "" },
        { "x-origin-verify": "none" },
        { "x-origin-verify": older.slice(1) },
        { "x-origin-verify": `${older},${newer}` },
        { "x-origin-verify": older.toUpperCase() },
      ]) {
        const answer = await ask(...row, headers);
        expect([answer.status, answer.detail]).toEqual([403, refused]);
        expect(answer.headers).toMatchObject({ "content-type": "application/problem+json" });
      }
    },
  );

  test.each(rows)("%s goes on with %s by either value while one takes over", async (...row) => {
    for (const value of [older, newer]) {
      const [name, routeKey] = row;
      // Only what asks for nothing more than the word: any other row would go on to its database.
      if (name === "public" && !/health/.test(routeKey)) continue;
      const { status } = await ask(...row, { "x-origin-verify": value });
      expect(status).toBe(name === "public" ? 200 : name === "unrouted" ? 404 : 401);
    }
  });
});
