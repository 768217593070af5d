import { describe, expect, test } from "@jest/globals";
import type * as z from "zod";
import { problemsOf } from "../../shared/api/answers.ts";
import type { ProblemOf } from "../../shared/api/client/index.ts";
import { problems } from "../../shared/api/problem.ts";
import { routes, routeTable } from "../../shared/api/routes.ts";
import { type RefusalCode, refusalCodes } from "../../shared/base/refusal.ts";
import { refusalsReached } from "./refusals-reached.ts";

type Name = keyof typeof routes;
const names = Object.keys(routes) as Name[];
const withFunction = names.filter((name) => routes[name].audience !== "published");

/** What the calls lead to and a row can't be refused all the same: which rows, what, and why. */
const excluded: readonly (readonly [rows: readonly Name[], codes: RefusalCode[], why: string])[] = [
  [
    ["answerInformation", "appealClaim", "requestInformation", "reopenClaim"],
    ["reason-required"],
    "the body's schema asks for a text",
  ],
  [
    ["reserveClaim", "changePayee", "closeBreak"],
    ["reason-required"],
    "the body's schema asks for a reason",
  ],
  [
    ["withdrawClaim", "acknowledgeClaim", "closeClaim"],
    ["reason-required"],
    "the step needs no text",
  ],
  [
    ["answerInformation", "withdrawClaim", "appealClaim"],
    ["duplicate"],
    "of the steps an acknowledgement alone is made once",
  ],
  [
    ["requestInformation", "reopenClaim", "closeClaim"],
    ["duplicate"],
    "of the steps an acknowledgement alone is made once",
  ],
  [["acknowledgeClaim", "closeClaim"], ["person-required"], "a machine may take the step"],
  [
    ["readBands", "readPayments", "readClocks"],
    ["kind-has-none", "wrong-state", "person-required", "simulation-only"],
    "what publishes it stands beside what shows it",
  ],
  [["readBands", "readPayments"], ["currency-mismatch"], "only publishing names a currency"],
];
const cannot = (name: Name): readonly string[] =>
  excluded.flatMap(([rows, codes]) => (rows.includes(name) ? codes : []));

/** Refusals that no row declares: those of the jobs and of the operator's calls, which are no HTTP. */
const elsewhere: readonly RefusalCode[] = [
  ...(["no-payer", "unpayable", "cooling-off", "not-due", "screening-due"] as const),
  ...(["legal-hold", "claim-open"] as const),
];

describe("what a row may be refused", () => {
  test.each(withFunction)("%s declares all that its sources lead to, and nothing else", (name) => {
    const declared = [...problemsOf(routes[name])] as string[];
    const row = routes[name];
    // Without a key none is reused, without a precondition nothing is stale.
    const asked = (code: string): boolean =>
      (code !== "key-reused" || row.method === "POST") &&
      (code !== "stale" || declared.includes("stale"));
    const reached = [...(refusalsReached(name) ?? ["no endpoint"])];
    const can = reached.filter((code) => asked(code) && !cannot(name).includes(code)).sort();
    const own = declared.filter((code) => refusalCodes.includes(code as RefusalCode));
    const fromStack = ["not-found", "not-permitted", "key-reused", "stale"];
    expect(can.filter((code) => !own.includes(code))).toEqual([]);
    expect(own.filter((code) => !can.includes(code) && !fromStack.includes(code))).toEqual([]);
  });

  test("is named once a row, without what its other columns say already", () => {
    for (const row of routeTable) {
      const others = problemsOf({ ...row, refuses: [] });
      expect(row.refuses.filter((code) => others.has(code))).toEqual([]);
      expect(new Set(row.refuses).size).toBe(row.refuses.length);
    }
  });

  test("is nothing of the log's files, which no function answers", () => {
    const published = names.filter((name) => !withFunction.includes(name));
    expect(published.length).toBeGreaterThan(3);
    for (const name of published) {
      expect([name, refusalsReached(name), routes[name].refuses]).toEqual([name, undefined, []]);
    }
  });

  test("what is excluded is led to: no exclusion outlives its reason", () => {
    for (const [rows, codes] of excluded) {
      for (const name of rows) {
        expect([name, codes.filter((code) => !refusalsReached(name)?.has(code))]).toEqual([
          name,
          [],
        ]);
      }
    }
  });

  test("every problem is some row's, but that of $default and those of jobs", () => {
    const all = new Set(routeTable.flatMap((row) => [...problemsOf(row)]));
    const missing = Object.keys(problems).filter((code) => !all.has(code as RefusalCode));
    expect(missing).toEqual([...elsewhere, "method-not-allowed"]);
  });
});

/** Whether two types are one: decided by the compiler. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

test("the client's types have the same list", () => {
  const healthy: Same<
    ProblemOf<typeof routes.readHealth>,
    "internal" | "unavailable" | "not-permitted"
  > = true;
  const reading: Same<
    ProblemOf<typeof routes.readClaim>,
    "internal" | "unavailable" | "unauthenticated" | "not-permitted" | "not-found" | "erased"
  > = true;
  const assigning: Same<
    ProblemOf<typeof routes.assignClaim>,
    | ProblemOf<typeof routes.readClaim>
    | ("malformed-request" | "body-too-large" | "unsupported-media-type")
    | ("idempotency-key-required" | "key-reused" | "precondition-required" | "stale")
    | ("wrong-state" | "person-required" | "duplicate" | "simulation-only")
  > = true;
  expect([healthy, reading, assigning]).toEqual([true, true, true]);
  // As many, and a row has parameters in its types where its path has them.
  expect([...problemsOf(routes.readHealth)]).toEqual(["internal", "unavailable", "not-permitted"]);
  expect(problemsOf(routes.readClaim).size).toBe(6);
  expect(problemsOf(routes.assignClaim).size).toBe(17);
  for (const row of routeTable) {
    const { shape } = row.params as z.ZodObject;
    expect([row.path, Object.keys(shape).length > 0]).toEqual([row.path, row.path.includes("{")]);
  }
});
