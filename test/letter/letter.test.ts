import { describe, expect, test } from "@jest/globals";
import { canonicalBytes, type Json, parseCanonical } from "../../shared/base/canonical.ts";
import { parseDay } from "../../shared/base/day.ts";
import { parseInstant } from "../../shared/base/instant.ts";
import { rulingReasons } from "../../shared/claim/ruling.ts";
import { compilePack } from "../../shared/coverage/compile.ts";
import { readPack } from "../../shared/coverage/pack.ts";
import { engineReasons } from "../../shared/coverage/reasons.ts";
import type { Explained } from "../../shared/letter/decision.ts";
import { letterHash, letterOf } from "../../shared/letter/letter.ts";
import { reasonSentence } from "../../shared/letter/reasons.ts";
import { pack as packOf } from "../coverage/sample.ts";
import { aid1, aid2, decided, factsOf, flat, head, letterOn, schedule, shipped } from "./sample.ts";

describe("a machine's letter", () => {
  test("names the data used as a claimant would, and what each compared value was", () => {
    const letter = flat(letterOn(aid2, factsOf(aid2, "death from COVID-19")));
    expect(letter).toContain("date of first diagnosis: 28 January 2020");
    expect(letter).toContain("diagnoses: ICD-10 U07.1");
    expect(letter).toContain(
      "- date of first diagnosis (28 January 2020) is on or after 1 January 2020: yes",
    );
    expect(letter).toContain("We pay 100,000.00 CNY, all that was claimed.");
    expect(letter).toContain(
      'Amendment 1: "When a member first diagnosed on or after 1 January 2020',
    );
  });

  test("of a referral says what made it go to a person, and that nothing was refused", () => {
    const letter = flat(letterOn(aid1, factsOf(aid1, "death from COVID-19")));
    expect(letter).toContain(
      "The claim goes to a person: nothing is paid yet and nothing is refused.",
    );
    expect(letter).toContain("What made it go to a person, EVENT_NOT_COVERED: Terms 2.1:");
    expect(letter).toContain("- kind of event (death) is none of illness or accident: yes");
    expect(letter).toContain("no change was found that alone makes them pay more");
  });

  test("shows each reduction with its reason and clause, and the sums come out", () => {
    const letter = letterOn(schedule, factsOf(schedule, "the limit leaves less"));
    expect(
      letter.match(/^ {2}(claimed|less|leaves|paid).*$/gm)?.map((line) => line.replace(/ +/g, " ")),
    ).toEqual([
      " claimed 1.00 USD",
      " less, for PLAN_SCHEDULE - 0.20 USD",
      " leaves 0.80 USD",
      " less, for LIMIT_REMAINING - 0.50 USD",
      " leaves 0.30 USD",
      " paid 0.30 USD",
    ]);
    expect(flat(letter)).toContain('Schedule 4: "The plan pays the amount its contract fixes');
    expect(flat(letter)).toContain('Schedule 5: "The plan pays no more in a period');
  });

  test("says by when to appeal where the pack says it, and that no day is set where it does not", () => {
    const appeal = { withinDays: 60, citation: { clause: "9", text: "Appeal within 60 days." } };
    const facts = factsOf(schedule, "contracted in part");
    const timed = compilePack({ ...schedule.pack, appeal });
    expect(flat(letterOn(timed, facts))).toContain(
      'The last day for an appeal is 17 May 2020. 9: "Appeal within 60 days."',
    );
    expect(flat(letterOn(schedule, facts))).toContain(
      "The last day for an appeal is 14 September 2020.",
    );
    expect(flat(letterOn(schedule, facts))).toContain(
      "One that comes later is received all the same and recorded with its day",
    );
    const { appeal: _, ...without } = timed.pack;
    expect(letterOn(compilePack(without), facts)).toContain("No last day is set for an appeal.");
  });

  test("says which table row, exception and fund decided", () => {
    const { rules } = schedule.pack;
    const dated = [{ from: "1900-01-01", rows: [{ from: 0, to: 100, value: 70 }] }];
    const pack = compilePack(
      readPack({
        ...schedule.pack,
        funds: ["sponsor"],
        tables: { share: { by: "claim.claimed", dated } },
        rules: [
          {
            ...rules[4],
            id: "base",
            amount: 'mulDiv(claim.claimed, t.share, 100, "down")',
            fund: "sponsor",
          },
          {
            ...rules[4],
            id: "accident",
            exceptionTo: "base",
            when: 'claim.event == "accident"',
            fund: "sponsor",
          },
        ],
        cases: [],
      }),
    );
    const facts = factsOf(schedule, "an open window");
    const claim = { ...facts.claim, claimed: 90n, contracted: 90n };
    const accident = { ...facts, claim: { ...claim, event: "accident" as const } };
    expect(letterOn(pack, { ...facts, claim })).toContain(
      "  - table share, amount claimed 0.90 USD: 70\n",
    );
    const said = (unit: "money" | "days" | "years" | "basis-points", key = 90n) => {
      const tables = { share: { by: "claim.claimed", unit, dated } };
      const { rules, ...rest } = pack.pack;
      const changed = compilePack(readPack({ ...rest, rules, tables }));
      const of = { ...facts, claim: { ...claim, claimed: key, contracted: key } };
      return /table share, (.*)$/m.exec(letterOn(changed, of))?.[1];
    };
    expect([said("money"), said("days"), said("years"), said("basis-points")]).toEqual([
      "amount claimed 0.90 USD: 0.70 USD",
      "amount claimed 0.90 USD: 70 days",
      "amount claimed 0.90 USD: 70 years",
      "amount claimed 0.90 USD: 0.7 %",
    ]);
    expect(said("money", 100n)).toBe("amount claimed 1.00 USD: no row");
    expect(letterOn(pack, accident)).toContain(
      "2. accident (Schedule 4): applies as an exception to base.",
    );
    const decision = { ...decided(pack, accident), pack: { fund: "sponsor" } };
    expect(letterOf(head, decision, pack)).toContain('paid, from the fund "sponsor"');
  });

  test("is the same text from the sealed decision, whatever the order of its members", () => {
    for (const pack of shipped) {
      for (const { name } of pack.pack.cases) {
        const decision = decided(pack, factsOf(pack, name));
        const trace = parseCanonical(canonicalBytes(decision.trace as Json), "trace") as Json[];
        expect(letterOf(head, { ...decision, trace }, pack)).toBe(letterOf(head, decision, pack));
      }
    }
  });

  test("has no line over 78 characters but a single long word, and ends with one newline", () => {
    for (const pack of shipped) {
      for (const { name } of pack.pack.cases) {
        const letter = letterOf(head, decided(pack, factsOf(pack, name)), pack);
        expect(letter.endsWith("\n") && !letter.endsWith("\n\n")).toBe(true);
        expect(
          letter.split("\n").filter((line) => line.length > 78 && line.trim().includes(" ")),
        ).toEqual([]);
      }
    }
  });

  test("prints no counterfactual on a trace the pack does not give on the facts it states", () => {
    const decision = decided(aid2, factsOf(aid2, "day 89 of membership"));
    const [read, ...rest] = decision.trace as [Record<string, Json>, ...Json[]];
    const facts = { ...(read.read as Record<string, Json>), "claim.event": "accident" };
    const letter = letterOf(head, { ...decision, trace: [{ read: facts }, ...rest] }, aid2);
    expect(letterOf(head, decision, aid2)).toContain("WHAT WOULD HAVE CHANGED IT");
    expect(letter).not.toContain("WHAT WOULD HAVE CHANGED IT");
  });

  test("puts conditions of every shape into words with their values", () => {
    const pack = compilePack(
      packOf({
        when: `!policy.present || (claim.event == "death" && !(claim.claimed < p.days)) || p.flag && claim.lossDay - policy.startDay > 30 || !("x" in claim.diagnoses)`,
        id: "shapes",
      }),
    );
    const facts = {
      ...factsOf(schedule, "an open window"),
      basisDay: parseDay("2020-02-01", "day"),
    };
    const claim = { ...facts.claim, lossDay: facts.basisDay };
    expect(letterOn(pack, { ...facts, claim })).toContain(
      [
        "     - at least one of these:",
        "       - the claim names no policy: no",
        "       - all of these:",
        "         - kind of event (service) is death: no",
        "         - amount claimed (1.00 EUR) is at least 0.90 EUR: yes",
        "       - all of these:",
        "         - flag: yes",
        "         - date of loss minus first day of cover (31 days) is more than 30",
        "           days: yes",
        "       - diagnoses (none) do not include x: yes",
      ].join("\n"),
    );
  });
});

describe("a person's letter", () => {
  const ruling = {
    reasonCode: "WAITING_PERIOD",
    reason: "It began on day 80.",
    fileOpenedAt: parseInstant("2020-03-18T09:00:00.000000Z", "opened"),
    documentsOpened: [{ stream: "5".repeat(32), version: 1n }],
  };
  const denial: Explained = {
    ...decided(aid2, factsOf(aid2, "day 89 of membership")),
    command: { kind: "rule", ruling },
    inputs: [
      { field: "event", value: "illness" },
      { field: "diagnosisDate", value: "2020-03-02" },
      { field: "diagnoses", value: [{ system: "icd-10", code: "C50.9" }] },
      { field: "claimed", value: { amount: "300000.00", currency: "CNY" } },
      { field: "now", value: "2020-03-05T12:00:00.000000Z" },
      { field: "end", value: null },
      { field: "policy", value: "a".repeat(32) },
    ],
    trace: [],
    outcome: "DENY",
    reasonCode: "WAITING_PERIOD",
    citation: null,
    supersedes: 2n,
  };

  test("says who decided, on what, why, and that another person decides an appeal", () => {
    const letter = letterOf({ ...head, actor: "person" }, denial, aid2).replace(
      /\n {2}(?=\S)/g,
      " ",
    );
    expect(letter).toContain("We do not pay: a person has refused the claim.");
    expect(letter).toContain(
      "A person who works for the insurer decided this claim, not a machine.",
    );
    expect(letter).toContain("The file was opened on 18 March 2020, 09:00 UTC, and 1 record of it");
    expect(letter).toContain("replaces the one in record 2 of this claim");
    expect(letter).toContain("diagnoses: ICD-10 C50.9 amount claimed: 300,000.00 CNY");
    expect(letter).toContain('"It began on day 80."');
    expect(letter).toContain("Another person than the one who decided will decide");
    // Nothing was run, so nothing is claimed of what else would have led to; the letter of the rules' decision is named.
    expect(flat(letter)).toContain("WHAT WOULD HAVE CHANGED IT A person weighed this claim, so no");
    expect(flat(letter)).toContain("The decision before this one, in record 2 of this claim,");
    expect(letter).not.toContain("would be paid if");
    expect(letter).not.toMatch(/SIMULATED|No person took part|a{32}/);
  });

  test("that pays all has nothing to say of what would have changed it, nor has a first one a decision before", () => {
    const by = { ...head, actor: "person" } as const;
    const paid = {
      ...denial,
      outcome: "PAY",
      award: { minor: 30_000_000n, currency: "CNY" },
    } as const;
    expect(letterOf(by, paid, aid2)).not.toContain("WHAT WOULD HAVE CHANGED IT");
    const first = flat(letterOf(by, { ...denial, supersedes: null }, aid2));
    expect(first).toContain("Their reason above is what to answer.");
    expect(first).not.toContain("The decision before this one");
  });

  test("of a simulated one says that no human being decided", () => {
    const letter = letterOf({ ...head, actor: "simulated" }, denial, aid2);
    expect(letter).toContain("A SIMULATED person");
    expect(letterHash(letter)).not.toBe(
      letterHash(letterOf({ ...head, actor: "person" }, denial, aid2)),
    );
  });

  test("has a sentence for every reason a person or the engine can give", () => {
    for (const code of [
      ...rulingReasons,
      ...Object.keys(engineReasons),
      "NO_POLICY",
      "POLICY_CANCELLED",
    ]) {
      expect([code, reasonSentence(code)]).toEqual([code, expect.stringMatching(/^[A-Z].*\.$/)]);
    }
    expect(reasonSentence("toString")).toBeUndefined();
  });
});
