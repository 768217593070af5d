import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { exampleSubmission } from "../../shared/api/example.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { problemIn, startPlatform } from "./platform.ts";

let platform: Awaited<ReturnType<typeof startPlatform>>;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());
afterEach(() => {
  platform.state.failure = undefined;
});

const submit = (body: unknown, headers: Record<string, string> = { "idempotency-key": "k" }) =>
  platform.ask("/claims", { as: "amina", body, headers });
const claiming = (amount: string) => ({
  ...exampleSubmission,
  lines: [{ service: "x", claimed: { amount, currency: "CNY" } }],
});
const { payee } = exampleSubmission;
const paying = (payee: object) => ({ ...exampleSubmission, payee });
const amountField = "/lines/0/claimed";

describe("what no schema allows is 400, names the field, and reaches no port", () => {
  test.each<[string, unknown, string, RegExp]>([
    ["an unknown field", { ...exampleSubmission, "so/me": 1 }, "/so~1me", /unknown/],
    [
      "an unknown field deep inside",
      {
        ...exampleSubmission,
        payee: { name: "Example Payee", account: "CN00EXAMPLE0001", owner: "x" },
      },
      "/payee/owner",
      /unknown/,
    ],
    ["a nameless account", paying({ account: "CN00EXAMPLE0001" }), "/payee/name", /required/],
    ["a name of spaces", paying({ ...payee, name: "  " }), "/payee/name", /no name/],
    ["a name of two lines", paying({ ...payee, name: "A\nB" }), "/payee/name", /no name/],
    ["a name too long", paying({ ...payee, name: "x".repeat(141) }), "/payee/name", /140/],
    [
      "an IBAN mistyped",
      paying({ ...payee, account: "NL91ABNA0417164301" }),
      "/payee/account",
      /IBAN/,
    ],
    ["a BIC of no country", paying({ ...payee, bic: "DEUTXXFF" }), "/payee/bic", /BIC/],
    ["no BIC", paying({ ...payee, bic: "DEUTDE" }), "/payee/bic", /no BIC/],
    ["three decimals", claiming("1.005"), amountField, /more than 2 decimals/],
    ["nineteen digits", claiming("12345678901234567.89"), amountField, /more than 18 digits/],
    ["a negative amount", claiming("-1.00"), amountField, /not a decimal amount/],
    ["an exponent", claiming("1e3"), amountField, /not a decimal amount/],
    ["an amount as a number", claiming(1 as never), `${amountField}/amount`, /expected string/],
    [
      "no such date",
      { ...exampleSubmission, lossDate: "2021-02-30" },
      "/lossDate",
      /does not exist/,
    ],
    ["no lines", { ...exampleSubmission, lines: [] }, "/lines", /./],
    ["a missing field", { ...exampleSubmission, event: undefined }, "/event", /required/],
    ["a list", [], "", /expected object/],
    ["__proto__", JSON.parse('{"__proto__":{"event":"death"}}'), "/__proto__", /unknown/],
  ])("%s", async (_, body, field, detail) => {
    const problem = await problemIn(await submit(body));
    expect(problem.status).toBe(400);
    expect(problem.errors).toContainEqual({ field, detail: expect.stringMatching(detail) });
    expect(platform.asked).toEqual([]);
  });

  test.each([
    ["malformed JSON", '{"insurer":', "The body is not JSON."],
    ["a repeated name", '{"insurer":"a","insurer":"b"}', "same name twice"],
    ["a name repeated by an escape", '{"a":[{"b":1,"\\u0062":2}]}', "same name twice"],
    ["a NUL", '{"narrative":"\\u0000"}', "NUL"],
    ["a lone surrogate", '{"narrative":"\\ud800"}', "lone surrogate"],
    ["forty levels", `${"[".repeat(40)}${"]".repeat(40)}`, "deeper than 32 levels"],
    ["an empty body", "", "The body is not JSON."],
  ])("%s", async (_, body, detail) => {
    const problem = await problemIn(await submit(body));
    expect(problem).toMatchObject({
      status: 400,
      type: "urn:countersign:problem:malformed-request",
    });
    expect(problem.detail).toContain(detail);
  });

  test("a missing and a malformed Idempotency-Key", async () => {
    const missing = await problemIn(await submit(exampleSubmission, {}));
    expect(missing.type).toBe("urn:countersign:problem:idempotency-key-required");
    const problem = await problemIn(await submit(exampleSubmission, { "idempotency-key": "a b" }));
    expect(problem.errors?.[0]?.field).toBe("Idempotency-Key");
  });
});

test("at most 20 errors are listed", async () => {
  const unknown = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`f${i}`, 1]));
  expect((await problemIn(await submit(unknown))).errors).toHaveLength(20);
});

test.each(["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16"])(
  "a body of type %s is 415",
  async (type) => {
    const headers = { "content-type": type, "idempotency-key": "k" };
    expect((await problemIn(await submit(exampleSubmission, headers))).status).toBe(415);
  },
);

test("a body above 64 KiB is 413, one of exactly 64 KiB is read", async () => {
  const body = JSON.stringify(exampleSubmission);
  const padded = (size: number) => body + " ".repeat(size - Buffer.byteLength(body));
  expect((await problemIn(await submit(padded(65_537)))).status).toBe(413);
  expect((await submit(padded(65_536))).status).toBe(201);
});

test("an outage is 503 with Retry-After, and says nothing of its cause", async () => {
  platform.state.failure = new Unavailable("postgres", "connect ECONNREFUSED 127.0.0.1:5432");
  const answer = await submit(exampleSubmission);
  expect(answer.headers.get("retry-after")).toBe("2");
  expect(await answer.clone().text()).not.toMatch(/postgres|ECONN/);
  expect((await problemIn(answer)).status).toBe(503);
});

test("an unknown error is 500 with an id, and says nothing of its cause", async () => {
  platform.state.failure = new Error("duplicate key (ssn)=(123-45-6789)");
  const answer = await submit(exampleSubmission);
  const text = await answer.clone().text();
  const problem = await problemIn(answer);
  expect(problem.status).toBe(500);
  expect(problem.requestId).toBe(answer.headers.get("x-request-id"));
  expect(text).not.toMatch(/ssn|duplicate|at /);
});
