import { describe, expect, test } from "@jest/globals";
import { formatOpeningLine, parseOpeningLine } from "../../shared/audit/opening-line.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import { canonicalBytes, type Json } from "../../shared/base/canonical.ts";
import { openingsLineOf } from "../docs/example.ts";

const line = openingsLineOf(4);
const members = JSON.parse(line) as Record<string, Json> & { leaves: (string | null)[] };
const parsed = (changes: Record<string, Json>) =>
  parseOpeningLine(canonicalBytes({ ...members, ...changes }));

describe("a line of openings is read exactly", () => {
  test("what is read writes the same bytes", () => {
    expect(formatOpeningLine(parseOpeningLine(utf8(line)))).toBe(line);
  });

  test("a member too many is refused", () => {
    expect(() => parsed({ note: "" })).toThrow("openings: have a member too many");
  });

  test.each<[string, Json]>([
    ["a number", 1],
    ["a list of a hash", [members.leaves.at(-1) ?? ""]],
    ["31 bytes", "ab".repeat(31)],
    ["upper case", "AB".repeat(32)],
  ])("a leaf that is %s is refused", (_, leaf) => {
    expect(() => parsed({ leaves: [...members.leaves.slice(0, -1), leaf] })).toThrow("leaves");
  });

  test.each<Json>([null, [], "", 1])("%j is no line", (json) => {
    expect(() => parseOpeningLine(canonicalBytes(json))).toThrow("openings");
  });
});
