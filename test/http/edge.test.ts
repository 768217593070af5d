import { expect, test } from "@jest/globals";
import { waitSeconds } from "../../functions/claimant/wait.ts";
import { readEnv } from "../../functions/http/read-env.ts";
import { parseListClaim } from "../../functions/http/token.ts";

test("readEnv reads the names it was given and names all that are missing", () => {
  expect(readEnv(["A", "B"], { A: "1", B: "2", C: "3" })).toEqual({ A: "1", B: "2" });
  expect(() => readEnv(["A", "B", "C"], { A: "", B: "2" })).toThrow("missing: A, C");
});

test.each([
  ["[a b]", ["a", "b"]],
  ["[a]", ["a"]],
  ["[]", []],
  ["a b", ["a", "b"]],
  ["", []],
])("the list claim %j is %j", (text, list) => expect(parseListClaim(text)).toEqual(list));

test.each([
  [undefined, 0],
  ["wait=5", 5],
  ["respond-async, wait=3", 3],
  ["WAIT=99", 10],
  ["wait=-1", 0],
  ["await=5", 0],
  ["wait=5s", 0],
])("Prefer %j waits %d s", (prefer, seconds) => expect(waitSeconds(prefer, 10)).toBe(seconds));
