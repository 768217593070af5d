import { describe, expect, test } from "@jest/globals";
import { utf8 } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { adjudicate } from "../../shared/coverage/adjudicate.ts";
import { compilePack } from "../../shared/coverage/compile.ts";
import { parsePack } from "../../shared/coverage/pack.ts";
import { engineReasons } from "../../shared/coverage/reasons.ts";
import { facts, packJson, rule, thenKey } from "./sample.ts";

const bytesOf = (rules: readonly unknown[], over: Record<string, unknown> = {}): Uint8Array =>
  utf8(JSON.stringify(packJson(rules, over)));

/** What a reader of the pack is told; anything but Malformed is a crash. */
function told(bytes: Uint8Array): string {
  try {
    compilePack(parsePack(bytes));
  } catch (error) {
    if (error instanceof Malformed) return error.message;
    throw error;
  }
  return "accepted";
}
const judged = (rules: readonly unknown[], over: Record<string, unknown> = {}, claim = {}) =>
  adjudicate(compilePack(parsePack(bytesOf(rules, over))), facts({ claim }));

const stallUs = 20_000_000;

/** Whatever `act` does ends: a stall is as bad as a crash. What it takes is a benchmark's; work without bound would take minutes. */
function promptly<T>(act: () => T): T {
  const before = process.cpuUsage();
  const result = act();
  expect(process.cpuUsage(before).user).toBeLessThan(stallUs);
  return result;
}

describe("a pack that can't be is refused by a message that names the field", () => {
  test.each([
    ["a syntax error", "claim.claimed >", "rules[0].when: is not a CEL expression"],
    [
      "a sign that is none",
      "claim.claimed > 5 $",
      "rules[0].when: can't be read from character 19 on",
    ],
    [
      "a double",
      "claim.claimed * 0.8 > 1.0",
      "rules[0].when: has a literal that is not an integer",
    ],
    [
      "an integer beyond 64 bits",
      "claim.claimed > 9223372036854775808",
      "rules[0].when: has an integer beyond 64 bits",
    ],
    [
      "a loop within loops",
      "claim.lines.all(a, claim.lines.all(b, claim.lines.all(c, true)))",
      "rules[0].when: nests more than 2 macros",
    ],
    [
      "a loop that grows a list",
      "claim.lines.map(a, a.claimed) == [1]",
      "rules[0].when: uses map, which a pack may not",
    ],
    [
      "too much work",
      `${"claim.lines.all(a, claim.lines.all(b, a.claimed > b.claimed)) && ".repeat(2)}true`,
      "rules[0].when: takes the pack over 100000 steps",
    ],
    [
      "a regular expression",
      "claim.event.matches('(a+)+$')",
      "rules[0].when: applies matches to string, string, which a pack may not",
    ],
  ])("%s", (_, when, says) => {
    expect(promptly(() => told(bytesOf([rule({ when })]))).slice(0, says.length)).toBe(says);
  });

  test("ten megabytes", () => {
    const rules = [rule({ citation: { clause: "1", text: "x".repeat(10_000_000) } })];
    expect(promptly(() => told(bytesOf(rules)))).toBe("pack: is longer than 262144 bytes");
  });

  test.each([
    ["brackets within brackets", `${"[".repeat(100_000)}${"]".repeat(100_000)}`],
    ["objects within objects", `${'{"a":'.repeat(40_000)}1${"}".repeat(40_000)}`],
  ])("%s, as deep as they go", (_, deep) => {
    const text = JSON.stringify(packJson([rule({})])).replace(
      '"parameters":{',
      `"parameters":{"deep":${deep},`,
    );
    expect(promptly(() => told(utf8(text)))).toMatch(/^parameters\.deep/);
  });

  test.each([
    ["(".repeat(1_000)],
    ["!".repeat(1_000)],
    ["-".repeat(1_000)],
    ["a.".repeat(500)],
    ["'".repeat(1_000)],
    ["\\".repeat(1_000)],
    ["1?".repeat(500)],
    ["[".repeat(1_000)],
  ])("a thousand characters of nonsense: %.8s…", (when) => {
    expect(promptly(() => told(bytesOf([rule({ when })])))).toMatch(/^rules\[0\]\.when: /);
  });
});

describe("a claim that a pack can't answer is referred, for a reason in plain words", () => {
  test("a missing table row", () => {
    const dated = [{ from: "2020-01-01", rows: [{ from: 0, to: 40, value: 1 }] }];
    const tables = { benefit: { by: "claim.claimed", dated } };
    const found = judged([rule({ amount: "t.benefit" })], { tables });
    expect(found).toMatchObject({ outcome: "REFER", reasonCode: "TABLE_ROW_MISSING" });
    expect(engineReasons.TABLE_ROW_MISSING).toBe(
      "A rule needed a table that has no row for this claim.",
    );
  });

  test("contradictory rules", () => {
    const exception = (id: string) => rule({ id, exceptionTo: "base" });
    const found = judged([
      rule({ id: "base", [thenKey]: "REFER" }),
      exception("a"),
      exception("b"),
    ]);
    expect(found).toMatchObject({ outcome: "REFER", reasonCode: "RULE_CONFLICT" });
    expect(engineReasons.RULE_CONFLICT).toContain("nothing says which comes first");
  });

  test("an overflow of 64 bits, in a condition, an amount or a function", () => {
    const most = "9223372036854775807";
    for (const amount of [
      `${most} + claim.claimed`,
      `claim.claimed * ${most}`,
      `mulDiv(claim.claimed, ${most}, 1, 'down')`,
    ]) {
      expect(judged([rule({ amount })])).toMatchObject({
        outcome: "REFER",
        reasonCode: "RULE_ERROR",
      });
      expect(judged([rule({ when: `${amount} > 0` })]).reasonCode).toBe("RULE_ERROR");
    }
  });

  test("ten megabytes of diagnoses or lines", () => {
    const when =
      "claim.diagnoses.exists(d, p.codes.exists(c, d.startsWith(c))) || claim.lines.exists(l, l.claimed > 5)";
    const diagnoses = Array.from({ length: 700_000 }, (_, index) => `icd-10:${index}`);
    const line = { service: "s", claimed: 1n, hasContracted: false, contracted: 0n };
    const lines = Array(700_000).fill(line);
    const pack = compilePack(parsePack(bytesOf([rule({ when })])));
    for (const claim of [{ diagnoses }, { lines }]) {
      const large = facts({ claim });
      const found = promptly(() => adjudicate(pack, large));
      expect(found).toMatchObject({ outcome: "REFER", reasonCode: "FACTS_TOO_LARGE" });
    }
    expect(engineReasons.FACTS_TOO_LARGE).toBe(
      "The claim has more diagnoses or lines than a pack may read.",
    );
  });

  test("the most work a pack may ask for, on the largest claim it reads, is done at once", () => {
    const when = "claim.lines.all(a, claim.lines.all(b, a.claimed >= b.claimed))";
    const line = { service: "s", claimed: 1n, hasContracted: false, contracted: 0n };
    const pack = compilePack(parsePack(bytesOf([rule({ when })])));
    const claim = { lines: Array(100).fill(line) };
    expect(promptly(() => adjudicate(pack, facts({ claim }))).outcome).toBe("PAY");
  });
});
