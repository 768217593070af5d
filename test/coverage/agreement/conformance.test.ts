import { celEnv, isCelError, plan } from "@bufbuild/cel";
import { tests as conformance } from "@bufbuild/cel-spec/testdata/conformance.js";
import { expect, test } from "@jest/globals";
import { Malformed } from "../../../shared/base/malformed.ts";
import { readExpression } from "../../../shared/coverage/expression.ts";
import { functions } from "../../../shared/coverage/functions.ts";
import { secondEvaluator } from "./second-evaluator.ts";

type Suite = Omit<typeof conformance, "suites"> & { readonly suites?: readonly Suite[] };
interface Case {
  readonly name: string;
  readonly source: string;
  readonly expected: unknown;
}

/** What a vector expects: a value of a pack's language, or that there is no result; undefined for any other kind of value. */
function expectedOf(original: Record<string, unknown>): unknown {
  const value = original.value as Record<string, unknown> | undefined;
  if (original.evalError !== undefined) return "no result";
  if (value === undefined) return true;
  if ("int64Value" in value) return BigInt(String(value.int64Value));
  return value.boolValue ?? value.stringValue;
}

function casesIn(suite: Suite, name: string): Case[] {
  const own = (suite.tests ?? []).flatMap(({ original }) => {
    const { bindings, typedResult, disableCheck } = original as Record<string, unknown>;
    if (bindings !== undefined || typedResult !== undefined || disableCheck === true) return [];
    const expected = expectedOf(original);
    const at = `${name}/${original.name}`;
    return expected === undefined ? [] : [{ name: at, source: original.expr, expected }];
  });
  return [...own, ...(suite.suites ?? []).flatMap((each) => casesIn(each, `${name}/${each.name}`))];
}

const environment = celEnv({ funcs: functions });

test("the vectors of cel-spec v0.25.1 that are written in a pack's language come out as they say", () => {
  const wrong: string[] = [];
  const second: string[] = [];
  let within = 0;
  for (const { name, source, expected } of casesIn(conformance, "")) {
    let parsed: ReturnType<typeof readExpression>["parsed"];
    try {
      ({ parsed } = readExpression(source, new Map(), name));
    } catch (error) {
      if (error instanceof Malformed) continue;
      throw error;
    }
    within += 1;
    const result = plan(environment, parsed)({});
    if ((isCelError(result) ? "no result" : result) !== expected) wrong.push(`${name}: ${source}`);
    if (secondEvaluator(source)({}) !== expected) second.push(source);
  }
  expect(wrong).toEqual([]);
  expect(within).toBe(176);
  // The one it gets wrong is an exception that agreement.test.ts names.
  expect(second).toEqual(["(-9223372036854775808)/-1"]);
});
