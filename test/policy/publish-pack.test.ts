import { describe, expect, test } from "@jest/globals";
import { isRefusal } from "../../shared/base/refusal.ts";
import { compilePack } from "../../shared/coverage/compile.ts";
import { type Pack, packHash } from "../../shared/coverage/pack.ts";
import { planSchedule, xiangHuBao1, xiangHuBao2 } from "../../shared/coverage/packs.ts";
import { evolvePack, type PackState, packOn } from "../../shared/policy/pack.ts";
import { publishPack } from "../../shared/policy/publish-pack.ts";
import {
  byMachine,
  byPerson,
  bySimulated,
  day,
  handle,
  insurer,
  noon,
  packStream,
  seen,
} from "./sample.ts";

const refused = (code: string) => expect.objectContaining({ refused: code });
const [author, approver] = [handle("5"), handle("6")];
const mutual = insurer({ currency: "CNY" });

/** Publishes `version` after `before`, all of whose texts are at hand. */
function publish(
  version: Pack,
  before: readonly Pack[] = [],
  act = byPerson(approver),
  by: typeof mutual = mutual,
) {
  const earlier = new Map(before.map((each) => [packHash(each), compilePack(each)]));
  const publication = { text: compilePack(version), author, earlier };
  const state = stateAfter(before);
  return publishPack(by, state && seen(packStream, state), packStream, publication, act);
}

/** The state after versions that nothing was asked of. */
const stateAfter = (versions: readonly Pack[]): PackState | undefined =>
  versions.reduce((state: PackState | undefined, each) => {
    const content = {
      pack: each.id,
      dateBasis: each.dateBasis,
      version: BigInt(each.version),
      hash: packHash(each),
      from: day(each.effective.from),
      to: each.effective.to === null ? null : day(each.effective.to),
      author,
      approver,
    };
    return evolvePack(state, { type: "pack.published", kind: "pack", stream: packStream, content });
  }, undefined);

const retroactive = { reason: "Nobody receives less." };
const second: Pack = { ...xiangHuBao1, version: 2, retroactive };

describe("a pack is published by its author and another approver", () => {
  test("and its record says who, which text, and the days it is in force", () => {
    expect(publish(xiangHuBao1)).toMatchObject({
      type: "pack.published",
      content: {
        pack: "xiang-hu-bao-2020",
        version: 1n,
        hash: packHash(xiangHuBao1),
        dateBasis: "diagnosis",
        from: day("2018-10-16"),
        to: null,
        author,
        approver,
      },
    });
  });

  test("never by a machine, by one person alone, or by somebody simulated where nothing is", () => {
    expect(publish(xiangHuBao1, [], byMachine())).toEqual(refused("person-required"));
    expect(publish(xiangHuBao1, [], byPerson(author))).toEqual(refused("same-person"));
    expect(publish(xiangHuBao1, [], bySimulated(approver))).toEqual(refused("simulation-only"));
    const simulated = insurer({ currency: "CNY", simulation: true });
    expect(isRefusal(publish(xiangHuBao1, [], bySimulated(approver), simulated))).toBe(false);
  });

  test("in the insurer's currency, never of an intake", () => {
    expect(publish(planSchedule)).toEqual(refused("currency-mismatch"));
    const intake = insurer({ currency: "CNY", kind: "intake" });
    expect(publish(xiangHuBao1, [], byPerson(approver), intake)).toEqual(refused("kind-has-none"));
  });

  test("version by version, under one id and one kind of day", () => {
    expect(publish(second, [xiangHuBao1])).toMatchObject({ content: { version: 2n } });
    expect(publish({ ...xiangHuBao1, version: 2 })).toEqual(refused("wrong-state"));
    expect(publish(xiangHuBao1, [xiangHuBao1])).toEqual(refused("wrong-state"));
    expect(publish({ ...second, id: "other" }, [xiangHuBao1])).toEqual(refused("wrong-state"));
    const cases: Pack["cases"] = [];
    const byLoss: Pack = { ...second, dateBasis: "loss", cases };
    expect(publish(byLoss, [xiangHuBao1])).toMatchObject({ field: "dateBasis" });
  });

  test("with golden cases that come out as written", () => {
    const [first, ...others] = xiangHuBao1.cases;
    const wrong = { ...first!, expect: { ...first!.expect, minor: 1 } };
    expect(publish({ ...xiangHuBao1, cases: [...others, wrong] })).toMatchObject({
      refused: "golden-case",
      detail: expect.stringContaining(first!.name),
    });
  });
});

describe("when a version takes effect", () => {
  const { retroactive: _, ...plain } = second;
  const from = (first: string, over: Partial<Pack> = {}): Pack => ({
    ...plain,
    effective: { from: first, to: null },
    cases: [],
    ...over,
  });

  test("from the day of its notice on, without a reason", () => {
    expect(publish(from("2026-03-04"), [xiangHuBao1])).toMatchObject({ type: "pack.published" });
    expect(publish(from("2026-03-05"), [xiangHuBao1])).toMatchObject({ type: "pack.published" });
    expect(publish(from("2026-03-03"), [xiangHuBao1])).toMatchObject({
      refused: "reason-required",
      detail: expect.stringContaining("2026-03-04"),
    });
  });

  test("a reason where nothing is retroactive is refused", () => {
    expect(publish(from("2026-03-04", { retroactive }), [xiangHuBao1])).toEqual(
      refused("wrong-state"),
    );
    expect(publish({ ...xiangHuBao1, retroactive })).toEqual(refused("wrong-state"));
  });

  test("the COVID-19 amendment may reach back: nobody receives less", () => {
    expect(publish(xiangHuBao2, [xiangHuBao1])).toMatchObject({ content: { version: 2n } });
    const { retroactive: _, ...silent } = xiangHuBao2;
    expect(publish(silent, [xiangHuBao1])).toEqual(refused("reason-required"));
  });

  const lower: Pack = {
    ...second,
    rules: second.rules.map((rule) =>
      rule.id === "benefit" && rule.then === "PAY"
        ? { ...rule, amount: "least(claim.claimed, t.benefit) - 1" }
        : rule,
    ),
    cases: [],
  };

  test("a version that pays one cent less may not, and the case is named", () => {
    expect(publish(lower, [xiangHuBao1])).toMatchObject({
      refused: "golden-case",
      field: "retroactive",
      detail: expect.stringContaining("PAY_PART 29999999"),
    });
    const later: Pack = { ...lower, effective: { from: "2026-03-04", to: null } };
    const { retroactive: _, ...announced } = later;
    expect(publish(announced, [xiangHuBao1])).toMatchObject({ type: "pack.published" });
  });

  test("nor one that refers what was paid", () => {
    const refers: Pack = { ...second, effective: { from: "2018-10-16", to: null }, cases: [] };
    const rules = refers.rules.map((rule) =>
      rule.id === "waiting-period" ? { ...rule, when: "true" } : rule,
    );
    expect(publish({ ...refers, rules }, [xiangHuBao1])).toMatchObject({
      refused: "golden-case",
      detail: expect.stringContaining("WAITING_PERIOD"),
    });
  });

  test("days it does not take are none of its business", () => {
    const effective = { from: "2021-01-01", to: null };
    expect(publish({ ...lower, effective }, [xiangHuBao1])).toMatchObject({
      type: "pack.published",
    });
  });

  test("a third version is held against the one that was in force on each day, not the last alone", () => {
    const announced: Pack = { ...plain, effective: { from: "2027-01-01", to: null }, cases: [] };
    const third: Pack = { ...lower, version: 3 };
    expect(publish(third, [xiangHuBao1, announced])).toMatchObject({
      refused: "golden-case",
      detail: expect.stringContaining("of version 1"),
    });
  });
});

describe("the version that goes for a claim", () => {
  const until: Pack = { ...second, effective: { from: "2027-01-01", to: "2027-07-01" } };
  const state = stateAfter([xiangHuBao1, until])!;
  const on = (text: string) => packOn(state, day(text)).version;

  test.each([
    ["2018-10-16", 1n],
    ["2026-12-31", 1n],
    ["2027-01-01", 2n],
    ["2027-06-30", 2n],
    ["2027-07-01", 1n],
  ])("on %s is version %d", (text, version) => {
    expect(on(text)).toBe(version);
  });

  test("before all of them it is the newest, which refers", () => {
    expect(packOn(state, day("2018-10-15"))).toEqual(state);
    expect(noon).toBeGreaterThan(0n);
  });
});
