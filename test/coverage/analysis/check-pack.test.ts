import { describe, expect, test } from "@jest/globals";
import { utf8 } from "../../../shared/base/bytes.ts";
import { checkPack } from "../../../shared/coverage/analysis/check-pack.ts";
import { packs } from "../../../shared/coverage/packs.ts";
import { thenKey } from "../sample.ts";
import { bands, found, textOf } from "./found.ts";

/** What is found in the conditions of a pack's rules. */
const inRules = (...conditions: readonly string[]) =>
  found(textOf(conditions.map((when) => ({ when, [thenKey]: "REFER" }))));

test("the packs that ship have nothing to be found", () => {
  for (const pack of packs) {
    const { findings, compiled } = checkPack(utf8(JSON.stringify(pack)));
    expect([pack.id, findings, compiled?.pack.id]).toEqual([pack.id, [], pack.id]);
  }
});

describe("an expression that can't be read: what, where exactly, and what to write", () => {
  test.each([
    ["basisDay < polcy.startDay", "polcy", "did you mean policy?"],
    ["claim.clamed > 3", "clamed", "did you mean claim.claimed?"],
    ["limit > 3", "limit", "did you mean policy.limit?"],
    ["claim.event == 'x' && claim.claimed * 1.5 > 2", "1.5", "write amounts in minor units"],
    ["claim.claimed = 3", "=", "write =="],
    ["claim.claimed > 3 and policy.present", "and", "write &&"],
    ["claim.claimed => 3", "=>", "write >="],
    ["(claim.claimed > 3", "(", ""],
    ["claim.claimed >", ">", ""],
    ["claim.event == 'death", "'", ""],
    ["claim.lines.map(x, x.claimed) == [1]", "claim.lines.map(x, x.claimed)", "only list.exists"],
    ["claim.event.matches('^(a+)+$')", "claim.event.matches('^(a+)+$')", "no patterns"],
    ["now() > 1", "now()", "there is no clock"],
    ["claim.claimed", '"claim.claimed"', "compare it with something"],
  ])("%s", (when, underlined, help) => {
    const [only, ...rest] = inRules("policy.present", when);
    expect(rest).toEqual([]);
    expect(only).toMatchObject({ code: "expression", where: "rules[1].when", underlined });
    expect(only?.help).toContain(help);
  });

  test("every expression is looked at, not only the first", () => {
    const text = textOf([{ when: "a" }, { when: "true", amount: "b" }, { when: "c" }]);
    expect(found(text).map(({ where }) => where)).toEqual([
      "rules[0].when",
      "rules[1].amount",
      "rules[2].when",
    ]);
  });

  test("places count through escapes of JSON", () => {
    const [only] = found(textOf([{ when: 'claim.event == "a\\u00e9" && claim.evnt == "b"' }]));
    expect(only).toMatchObject({ underlined: "evnt", help: "did you mean claim.event?" });
  });
});

describe("rules that never decide", () => {
  const codes = (...conditions: readonly string[]) =>
    inRules(...conditions).map(({ code, where }) => `${code} ${where}`);

  test.each([
    [["claim.event == 'deth'"], ["never-holds rules[0].when"]],
    [["1 > 2 && policy.present"], ["never-holds rules[0].when"]],
    [["insured.ageYears < 0"], ["never-holds rules[0].when"]],
    [["basisDay < 10"], ["never-holds rules[0].when"]],
    [["1 / 0 == 1"], ["no-result rules[0].when"]],
    [["true", "policy.present"], ["never-reached rules[1].when"]],
    [["insured.ageYears < 60", "insured.ageYears < 40"], ["never-reached rules[1].when"]],
    [
      ["policy.present || claim.claimed > 5", "!policy.present", "claim.claimed > 6"],
      ["never-reached rules[2].when"],
    ],
    [
      ["claim.event == 'death'", "claim.event in ['death']", "claim.event != 'death'"],
      ["never-reached rules[1].when"],
    ],
    [["claim.claimed >= 0", "policy.present"], ["never-reached rules[1].when"]],
  ])("%j", (conditions, expected) => {
    expect(codes(...conditions)).toEqual(expected);
  });

  test.each([
    [["insured.ageYears < 40", "insured.ageYears < 60", "insured.ageYears >= 60"]],
    [["policy.present && claim.claimed > 5", "policy.present", "!policy.present"]],
    [["claim.event == 'death' || claim.claimed > 100", "claim.event != 'death'"]],
    [["claim.claimed > claim.contracted", "claim.claimed <= claim.contracted"]],
  ])("what can hold is left alone: %j", (conditions) => {
    expect(codes(...conditions)).toEqual([]);
  });

  test("the part that is never true is underlined, and the value that was meant is named", () => {
    const [only] = inRules("policy.present && claim.event == 'deth'");
    expect(only).toMatchObject({
      underlined: "claim.event == 'deth'",
      help: 'did you mean "death"?',
    });
  });
});

describe("exceptions of one rule", () => {
  const exceptions = (...conditions: readonly string[]) =>
    found(
      textOf([
        { when: "policy.present" },
        ...conditions.map((when) => ({ when, exceptionTo: "rule-0" })),
      ]),
    ).map(({ code, where, message }) => `${code} ${where} ${message.slice(0, 32)}`);

  test("that may hold together are warned of", () => {
    expect(exceptions("claim.claimed > 5", "insured.ageYears < 40")).toEqual([
      "exceptions-overlap rules[2].when may hold together with rule-1: b",
    ]);
  });

  test("are warned of once each: an answer with every pair of 190 would be larger than a function can give", () => {
    const many = exceptions(...Array.from({ length: 190 }, () => "claim.claimed > 5"));
    expect(many).toHaveLength(189);
    expect(many.at(-1)).toMatch(/^exceptions-overlap rules\[190\]/);
  });

  test("that exclude each other are not", () => {
    expect(exceptions("insured.ageYears < 40", "insured.ageYears >= 40")).toEqual([]);
  });

  test("that can't hold where their base does", () => {
    expect(exceptions("!policy.present")[0]).toMatch(/^never-reached rules\[1\]\.when/);
  });
});

describe("tables", () => {
  const reading = [{ when: "policy.present", amount: "least(claim.claimed, t.benefit)" }];

  test("a gap between rows", () => {
    const tables = bands([0, 40, 300], [45, null, 100]);
    expect(found(textOf(reading, { tables }))).toMatchObject(
      [
        {
          code: "table-row-missing",
          where: "rules[0].amount",
        },
        { code: "table-gap", underlined: "45", help: "begin at 40, or add a row" },
      ].slice(1),
    );
  });

  test("keys beyond the last row that a rule may come with, unless a rule before it takes them", () => {
    const tables = bands([0, 60, 300]);
    const [only, ...rest] = found(textOf(reading, { tables }));
    expect(rest).toEqual([]);
    expect(only).toMatchObject({ code: "table-row-missing", where: "rules[0].amount" });
    expect(only?.message).toContain("no row for insured.ageYears from 60 on");
    const old = { when: "insured.ageYears >= 60", [thenKey]: "REFER" };
    expect(found(textOf([old, ...reading], { tables }))).toEqual([]);
  });

  test("an overlap is refused when the pack is read", () => {
    const tables = bands([0, 40, 300], [39, 60, 100]);
    expect(found(textOf(reading, { tables }))).toMatchObject([{ code: "form", underlined: "39" }]);
  });
});

test("clauses still to be written, a limit without a clause, parameters that nothing reads", () => {
  const unwritten = { clause: "TBD", text: "..." };
  expect(found(textOf([{ citation: unwritten }])).map(({ where }) => where)).toEqual([
    "rules[0].citation.clause",
    "rules[0].citation.text",
  ]);
  expect(found(textOf([{}], { limitCitation: undefined }))).toMatchObject([
    { code: "citation-missing", where: "" },
  ]);
  expect(found(textOf([{}], { parameters: { days: 90 } }))).toMatchObject([
    { code: "parameter-unused", underlined: "90" },
  ]);
});

test("golden cases are run: one that comes out otherwise, a rule that decides none, no cases at all", () => {
  const facts = { claim: { event: "service", lossDay: "2020-05-04", claimed: 100 } };
  const expected = { outcome: "PAY", minor: 99, reasonCode: "COVERED" };
  const cases = [{ name: "one", facts, expect: expected }];
  const rules = [{ when: "claim.claimed > 5" }, { when: "claim.claimed > 2" }];
  const issues = found(textOf(rules, { cases }));
  expect(issues.map(({ code, where }) => `${code} ${where}`)).toEqual([
    "rule-untested rules[1].id",
    "golden-case cases[0].expect",
  ]);
  expect(issues[1]?.message).toBe('"one" comes out as PAY 100 COVERED, not PAY 99 COVERED');
  const none = checkPack(utf8(textOf([{}])));
  expect(none.findings.map(({ code }) => code)).toEqual(["no-golden-case"]);
});

describe("a bad file is told in words, and nothing stalls", () => {
  test.each([
    ["[".repeat(200_000), "json", "nests deeper than 64"],
    ['{"id": "x",,}', "json", "expects a field's name"],
    ['{"id": "x"', "json", "expects , or }"],
    ['{"id": "x\n"}', "json", "line's end"],
    ["", "json", "ends too early"],
    [textOf([{ [thenKey]: "DENY" }]), "form", "PAY_PART"],
    [textOf([{ amont: "1" }]), "form", "no field"],
    [textOf([{}], { parameters: { rate: 7.5 } }), "form", "integer"],
    [textOf([{}]).replace('"version": 1', '"version": 1, "version": 2'), "repeated-field", "twice"],
    [new Uint8Array(10_000_000), "unreadable", "10,000,000 bytes long"],
    [Uint8Array.of(0xff, 0xfe, 0), "unreadable", "UTF-8"],
  ])("%#", (text, code, says) => {
    const [first] = found(text);
    expect(first).toMatchObject({ code });
    expect(first?.message).toContain(says);
  });

  test("work beyond the bounds names the rule that goes over", () => {
    const when = "claim.lines.all(a, claim.lines.all(b, a.claimed >= b.claimed))";
    expect(inRules(when, when)).toMatchObject([{ code: "bounds", where: "rules[1].when" }]);
  });
});
