import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseDay } from "../../shared/base/day.ts";
import { adjudicate } from "../../shared/coverage/adjudicate.ts";
import { type CompiledPack, compilePack } from "../../shared/coverage/compile.ts";
import type { Facts } from "../../shared/coverage/facts.ts";
import { wholeYears } from "../../shared/coverage/facts.ts";
import { factsAgain, readOf } from "../../shared/coverage/facts-read.ts";
import { readPack } from "../../shared/coverage/pack.ts";
import { dates, withDate } from "../../shared/letter/change.ts";
import { counterfactuals } from "../../shared/letter/counterfactual.ts";
import { compiled, thenKey } from "../coverage/sample.ts";
import { aid2, factsOf, flat, letterOn, schedule, shipped } from "./sample.ts";

const day = (text: string) => parseDay(text, "day");
const found = (pack: CompiledPack, facts: Facts) =>
  counterfactuals(pack, facts, adjudicate(pack, facts)) ?? [];

/** A pack that goes by a table of ages and a waiting period that was shortened. */
const tabled = compilePack(
  readPack({
    ...schedule.pack,
    parameters: {
      waitingDays: {
        dated: [
          { from: "1900-01-01", value: 90 },
          { from: "2020-03-01", value: 30 },
        ],
      },
    },
    tables: {
      benefit: {
        by: "insured.ageYears",
        dated: [
          {
            from: "1900-01-01",
            rows: [
              { from: 0, to: 40, value: 30_000_000 },
              { from: 40, to: 60, value: 9_000_000 },
            ],
          },
          { from: "2021-01-01", rows: [{ from: 18, to: 50, value: 10_000_000 }] },
        ],
      },
    },
    rules: [
      {
        ...schedule.pack.rules[0],
        id: "waiting",
        when: "basisDay < policy.startDay + p.waitingDays",
      },
      { ...schedule.pack.rules[4], id: "benefit", amount: "least(claim.claimed, t.benefit)" },
      {
        ...schedule.pack.rules[4],
        id: "accident",
        exceptionTo: "benefit",
        when: 'claim.event == "accident"',
        amount: "claim.claimed",
      },
    ],
    cases: [],
  }),
);

describe("counterfactuals", () => {
  test("a diagnosis a day too early: the first day that pays, and where paying that much ends", () => {
    expect(found(aid2, factsOf(aid2, "day 89 of membership"))).toEqual([
      // On 15 June 2025 the insured turns 40, and the benefit is another.
      {
        date: "claim.diagnosisDay",
        minor: 30_000_000n,
        from: day("2020-03-03"),
        to: day("2025-06-14"),
      },
      { date: "policy.startDay", minor: 30_000_000n, from: null, to: day("2019-12-03") },
      { event: "accident", minor: 30_000_000n },
    ]);
  });

  test("first diagnosed a day before the amendment", () => {
    const letter = flat(letterOn(aid2, factsOf(aid2, "first diagnosed on 31 December 2019")));
    expect(letter).toContain(
      "100,000.00 CNY would be paid if the date of first diagnosis were on or after 1 January 2020.",
    );
  });

  test("a part that the age decided: the birth date that gives the larger benefit", () => {
    const facts = factsOf(aid2, "diagnosed on the 40th birthday");
    const claimed = { ...facts, claim: { ...facts.claim, claimed: 30_000_000n } };
    expect(adjudicate(aid2, claimed).minor).toBe(10_000_000n);
    const [first] = found(aid2, claimed);
    expect(first).toEqual({
      date: "claim.diagnosisDay",
      minor: 30_000_000n,
      from: expect.anything(),
      to: facts.basisDay - 1n,
    });
    const births = found(aid2, claimed).filter(
      (each) => "date" in each && each.date === "insured.birthDay",
    );
    expect(births).toEqual([
      expect.objectContaining({ minor: 30_000_000n, from: facts.insured.birthDay + 1n }),
    ]);
  });

  test("a table by age: the birth date of another row, and the day another version's row begins", () => {
    const facts = factsOf(aid2, "diagnosed on the 40th birthday");
    const claim = { ...facts.claim, lossDay: facts.basisDay, claimed: 30_000_000n };
    const given = { ...facts, claim };
    expect(adjudicate(tabled, given).minor).toBe(9_000_000n);
    expect(found(tabled, given)).toEqual([
      {
        date: "claim.lossDay",
        minor: 10_000_000n,
        from: day("2021-01-01"),
        to: expect.any(BigInt),
      },
      {
        date: "claim.lossDay",
        minor: 30_000_000n,
        from: expect.any(BigInt),
        to: facts.basisDay - 1n,
      },
      {
        date: "insured.birthDay",
        minor: 30_000_000n,
        from: facts.insured.birthDay + 1n,
        to: facts.basisDay,
      },
      { event: "accident", minor: 30_000_000n },
    ]);
  });

  test("nothing is said of a date that is not known, nor of a claim paid in full", () => {
    expect(found(aid2, factsOf(aid2, "birth date unknown"))).toEqual([]);
    expect(found(aid2, factsOf(aid2, "death from COVID-19"))).toEqual([]);
    expect(found(schedule, factsOf(schedule, "the limit leaves less"))).toEqual([]);
  });

  test("a date read otherwise than by comparing gives one day, never a stretch", () => {
    const pack = compiled(
      { when: "basisDay % 2 == 0", [thenKey]: "REFER", reasonCode: "ODD" },
      { when: "basisDay < 18350" },
    );
    const facts = factsOf(schedule, "an open window");
    const at = (basisDay: bigint): Facts => ({
      ...facts,
      basisDay,
      claim: { ...facts.claim, lossDay: basisDay },
    });
    const all = found(pack, at(18_402n));
    expect(all.length).toBeGreaterThan(0);
    for (const each of all) expect("date" in each && each.from === each.to).toBe(true);
  });

  test("whatever the facts, every day a counterfactual names pays what it says", () => {
    const anyDay = fc.bigInt(day("2018-06-01"), day("2021-12-31"));
    const facts = fc.record({
      event: fc.constantFrom("illness", "accident", "death", "service" as const),
      lossDay: anyDay,
      diagnosisDay: anyDay,
      hasDiagnosisDay: fc.boolean(),
      code: fc.constantFrom("icd-10:U07.1", "icd-10:C50.9", "icd-10:E11.9"),
      claimed: fc.constantFrom(10_000_000n, 30_000_000n, 40_000_000n),
      startDay: anyDay,
      endDay: fc.constantFrom(day("2020-09-01"), day("2999-12-31")),
      birthDay: fc.bigInt(day("1955-01-01"), day("2022-01-01")),
      contracted: fc.constantFrom(null, 0n, 9_000_000n),
      remaining: fc.constantFrom(null, 0n, 4_000_000n),
      place: fc.bigInt(0n, 1_000n),
    });
    fc.assert(
      fc.property(facts, fc.constantFrom(...shipped, tabled), (drawn, pack) => {
        const given = factsFrom(drawn, pack);
        const before = adjudicate(pack, given);
        const again = adjudicate(pack, factsAgain(pack.pack, readOf(pack.pack, given)));
        expect(again).toEqual(before);
        for (const each of counterfactuals(pack, given, before) ?? []) {
          expect(before.outcome === "REFER" || each.minor > before.minor).toBe(true);
          if ("event" in each) continue;
          const from = each.from ?? day("1800-01-01");
          const to = each.to ?? day("2999-12-30");
          for (const at of [from, to, from + ((to - from) * drawn.place) / 1_000n]) {
            const changed = adjudicate(pack, withDate(given, each.date, at, pack.pack.dateBasis));
            expect([each.date, at, changed.outcome === "REFER", changed.minor]).toEqual([
              each.date,
              at,
              false,
              each.minor,
            ]);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test("a change makes the day the pack goes by and the age again, and nothing else", () => {
    const facts = factsOf(aid2, "day 89 of membership");
    const changed = withDate(facts, "claim.diagnosisDay", day("2026-06-15"), "diagnosis");
    expect(changed).toEqual({
      ...facts,
      basisDay: day("2026-06-15"),
      claim: { ...facts.claim, diagnosisDay: day("2026-06-15") },
      insured: { ...facts.insured, ageYears: 41n },
    });
    for (const date of dates.slice(0, 5)) {
      if (date === "claim.diagnosisDay") continue;
      expect(withDate(facts, date, 1n, "diagnosis").insured).toEqual(facts.insured);
    }
  });
});

interface Drawn {
  readonly event: Facts["claim"]["event"];
  readonly lossDay: bigint;
  readonly diagnosisDay: bigint;
  readonly hasDiagnosisDay: boolean;
  readonly code: string;
  readonly claimed: bigint;
  readonly startDay: bigint;
  readonly endDay: bigint;
  readonly birthDay: bigint;
  readonly contracted: bigint | null;
  readonly remaining: bigint | null;
}

function factsFrom(drawn: Drawn, { pack }: CompiledPack): Facts {
  const { event, lossDay, diagnosisDay, hasDiagnosisDay, code, claimed, contracted } = drawn;
  const basisDay = pack.dateBasis === "diagnosis" && hasDiagnosisDay ? diagnosisDay : lossDay;
  return {
    basisDay,
    claim: {
      event,
      lossDay,
      hasDiagnosisDay,
      diagnosisDay: hasDiagnosisDay ? diagnosisDay : lossDay,
      noticeDay: lossDay,
      diagnoses: [code],
      claimed,
      hasContracted: contracted !== null,
      contracted: contracted ?? 0n,
      hasOtherPaid: false,
      otherPaid: 0n,
      lines: [],
    },
    policy: {
      present: true,
      coverage: "any",
      startDay: drawn.startDay,
      endDay: drawn.endDay,
      hasLimit: drawn.remaining !== null,
      limit: 100_000_000n,
      remaining: drawn.remaining ?? 100_000_000n,
    },
    insured: {
      hasBirthDay: true,
      birthDay: drawn.birthDay,
      ageYears: wholeYears(drawn.birthDay, basisDay),
    },
    accumulated: {},
    earlierClaim: null,
  };
}
