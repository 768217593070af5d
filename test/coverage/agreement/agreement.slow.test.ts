import { expect, test } from "@jest/globals";
import { packs } from "../../../shared/coverage/packs.ts";
import { agreeOnExpressions } from "./agreeing.ts";
import { agreeOnPack, agreeOnSteps } from "./agreeing-on-packs.ts";

test.each([1, 2, 3, 4])("both evaluators agree on random expressions, seed %d", (seed) => {
  const found = agreeOnExpressions(3_000, seed);
  expect(found.disagreements).toEqual([]);
  expect(found.compared).toBeGreaterThan(8_000);
});

test.each(packs.map((pack) => [`${pack.id} v${pack.version}`, pack] as const))(
  "both evaluators agree on %s",
  (_, pack) => {
    expect(agreeOnPack(pack, 2_000, 7).disagreements).toEqual([]);
  },
);

test("both evaluators agree on what steps go by", () => {
  const found = agreeOnSteps(200, 8);
  expect(found.disagreements).toEqual([]);
  expect(found.steps).toBeGreaterThan(200);
}, 120_000);
