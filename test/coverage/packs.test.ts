import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { parseDay } from "../../shared/base/day.ts";
import { adjudicate } from "../../shared/coverage/adjudicate.ts";
import { caseFacts, failedCases } from "../../shared/coverage/cases.ts";
import { compilePack } from "../../shared/coverage/compile.ts";
import { wholeYears } from "../../shared/coverage/facts.ts";
import { packBytes, packHash, parsePack, readPack } from "../../shared/coverage/pack.ts";
import { packs, planSchedule, xiangHuBao1, xiangHuBao2 } from "../../shared/coverage/packs.ts";

describe.each(packs.map((pack) => [`${pack.id} v${pack.version}`, pack] as const))(
  "%s",
  (_, pack) => {
    test("its golden cases come out as written", () => {
      expect(failedCases(compilePack(pack))).toEqual([]);
    });

    test("every rule decides at least one golden case", () => {
      const compiled = compilePack(pack);
      const tried = pack.cases.map(({ facts }) =>
        adjudicate(compiled, caseFacts(pack.dateBasis, facts)),
      );
      const decided = new Set(tried.map((found) => found.ruleId));
      expect(pack.rules.map((rule) => rule.id).filter((id) => !decided.has(id))).toEqual([]);
    });

    test("what is published reads back as the same pack", () => {
      expect(packHash(parsePack(packBytes(pack)))).toBe(packHash(pack));
    });
  },
);

test("a golden case that does not hold is named with what came out", () => {
  const cases = [
    {
      ...planSchedule.cases[0]!,
      name: "wrong",
      expect: { outcome: "PAY", minor: 1, reasonCode: "PLAN_SCHEDULE" },
    },
  ];
  expect(failedCases(compilePack(readPack({ ...planSchedule, cases })))).toEqual([
    { name: "wrong", expected: "PAY 1 PLAN_SCHEDULE", found: "PAY 14632 PLAN_SCHEDULE" },
  ]);
});

test("one death from COVID-19: referred before the amendment, paid after it", () => {
  const death = {
    claim: {
      event: "death" as const,
      lossDay: "2020-02-10",
      diagnosisDay: "2020-01-28",
      diagnoses: ["icd-10:U07.1"],
      claimed: 30_000_000,
    },
    policy: { startDay: "2019-11-20" },
    insured: { birthDay: "1985-06-15" },
  };
  const facts = caseFacts("diagnosis", death);
  expect(adjudicate(compilePack(xiangHuBao1), facts)).toMatchObject({
    outcome: "REFER",
    reasonCode: "EVENT_NOT_COVERED",
    citation: { clause: "Terms 2.1" },
  });
  expect(adjudicate(compilePack(xiangHuBao2), facts)).toMatchObject({
    outcome: "PAY_PART",
    minor: 10_000_000n,
    reasonCode: "COVID_DEATH_BENEFIT",
    citation: { clause: "Amendment 1" },
    reductions: [{ reasonCode: "COVID_DEATH_BENEFIT", minor: 20_000_000n }],
  });
});

test("the amendment changes nothing but death from COVID-19", () => {
  const [before, after] = [compilePack(xiangHuBao1), compilePack(xiangHuBao2)];
  for (const { name, facts } of xiangHuBao1.cases) {
    if (name.startsWith("death from COVID-19")) continue;
    const { trace: _, ...old } = adjudicate(before, caseFacts("diagnosis", facts));
    expect([name, adjudicate(after, caseFacts("diagnosis", facts))]).toMatchObject([name, old]);
  }
});

test("whole years turn on the birthday, on 1 March for 29 February", () => {
  const age = (birth: string, on: string) =>
    wholeYears(parseDay(birth, "birth"), parseDay(on, "on"));
  expect(age("1980-03-02", "2020-03-01")).toBe(39n);
  expect(age("1980-03-02", "2020-03-02")).toBe(40n);
  expect(age("1980-02-29", "2019-02-28")).toBe(38n);
  expect(age("1980-02-29", "2019-03-01")).toBe(39n);
  expect(age("1980-02-29", "2020-02-29")).toBe(40n);
  expect(age("2020-03-02", "2020-03-02")).toBe(0n);
  expect(age("2020-03-03", "2020-03-02")).toBe(-1n);
});

test("the example of the specification is a pack, and its cases hold", () => {
  const page = readFileSync(new URL("../../docs/spec/rule-pack.md", import.meta.url), "utf8");
  const example = page.split("```json\n")[1]?.split("```")[0] ?? "";
  const pack = parsePack(new TextEncoder().encode(example));
  expect([pack.cases.length, failedCases(compilePack(pack))]).toEqual([3, []]);
});
