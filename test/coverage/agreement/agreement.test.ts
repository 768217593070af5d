import { celEnv, isCelError, parse, plan } from "@bufbuild/cel";
import { describe, expect, test } from "@jest/globals";
import { functions } from "../../../shared/coverage/functions.ts";
import { packs } from "../../../shared/coverage/packs.ts";
import { agreeOnExpressions } from "./agreeing.ts";
import { agreeOnPack, agreeOnSteps } from "./agreeing-on-packs.ts";
import { secondEvaluator } from "./second-evaluator.ts";

const run = (source: string) => plan(celEnv({ funcs: functions }), parse(source))({});

describe("two evaluators of CEL, written by different people, agree", () => {
  test("on random expressions of a pack's language and random claims", () => {
    const found = agreeOnExpressions(400, 20_260_101);
    expect(found.disagreements).toEqual([]);
    expect(found.compared).toBeGreaterThan(1_000);
    expect(found.valued / found.compared).toBeGreaterThan(0.3);
    expect(found.excepted).toBeLessThan(found.compared / 10);
  });

  test("on what the steps of random packs go by", () => {
    const found = agreeOnSteps(40, 20_260_104);
    expect(found.disagreements).toEqual([]);
    expect(found.steps).toBeGreaterThan(50);
    expect(found.excepted).toBeLessThan(found.compared / 10);
    expect(found.valued / found.compared).toBeGreaterThan(0.5);
  });

  test.each(packs.map((pack) => [`${pack.id} v${pack.version}`, pack] as const))(
    "on every rule of %s",
    (_, pack) => {
      const stepped = pack.rules.some((rule) => "steps" in rule);
      const found = agreeOnPack(pack, stepped ? 400 : 150, 20_260_102);
      expect(found.disagreements).toEqual([]);
      expect(found.compared).toBeGreaterThan(60);
      expect(found.valued).toBeGreaterThan(30);
      expect(found.steps).toBeGreaterThanOrEqual(stepped ? 15 : 0);
    },
  );
});

describe("where the second one is known to be wrong, the CEL specification decides", () => {
  test.each(["-(-9223372036854775807 - 1)", "(-9223372036854775807 - 1) / -1"])(
    "%s is beyond 64 bits and has no result",
    (source) => {
      expect(isCelError(run(source))).toBe(true);
      expect(secondEvaluator(source)({})).toBe(2n ** 63n);
    },
  );

  test("texts are ordered by code points, not by UTF-16 units", () => {
    const source = "'\u{10000}' > '\ufffd'";
    expect(run(source)).toBe(true);
    expect(secondEvaluator(source)({})).toBe(false);
  });
});
