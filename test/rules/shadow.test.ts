import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { shadowVerb } from "../../local/rules/verbs/shadow.ts";
import { type Pack, packBytes, readPack } from "../../shared/coverage/pack.ts";
import { planSchedule } from "../../shared/coverage/packs.ts";
import { bundleOf, entriesOf } from "../audit/bundle.ts";
import { claimFour, claimOne, claimThree, claimTwo, honestWalk, type Walk } from "../audit/walk.ts";
import { runVerb, type Sent, sent } from "../auditor/folder.ts";

let walk: Walk;
let past: Sent;
beforeAll(async () => {
  walk = await honestWalk();
  past = sent(bundleOf(entriesOf(walk.items), { packs: walk.packs }));
});
afterAll(() => past.remove());

/** The plan's next version with rules changed by id: a rule, or null to take it out. */
function changed(rules: Readonly<Record<string, object | null>>): Pack {
  const all = planSchedule.rules.flatMap((rule) => {
    const over = rules[rule.id];
    return over === null ? [] : [{ ...rule, ...over }];
  });
  return readPack({ ...planSchedule, version: 2, rules: all, cases: [] });
}

function shadow(pack: Pack, ...options: string[]) {
  const file = past.keep(`${crypto.randomUUID()}.json`, packBytes(pack));
  return runVerb([shadowVerb], {}, ["shadow", file, "--from", past.bundle, ...options]);
}

describe("a pack is held against the decisions of its earlier versions", () => {
  test("the same rules change nothing, and that is exit 0", async () => {
    const { code, json } = await shadow(changed({}), "--json");
    expect(json).toMatchObject({ judged: 4, changed: 0, totals: [], changes: [], findings: 0 });
    expect(code).toBe(0);
  });

  test("a lower amount is against the insured: claim, day, outcome, amount and reason of both, and the sums", async () => {
    const pack = changed({
      schedule: { amount: "claim.contracted - 1000", reasonCode: "SCHEDULE_LESS_TEN" },
    });
    const { code, json } = await shadow(pack, "--json");
    expect(code).toBe(1);
    expect(json.changes).toHaveLength(3);
    expect((json.changes as object[])[0]).toEqual({
      origin: "log.example/claims/acme",
      claim: claimOne,
      index: String(walk.at("decided one")),
      decidedAt: "2026-03-04T12:00:00.000000Z",
      currency: "USD",
      from: { outcome: "PAY_PART", amount: "300.00", reasonCode: "PLAN_SCHEDULE" },
      to: { outcome: "PAY_PART", amount: "290.00", reasonCode: "SCHEDULE_LESS_TEN" },
      difference: "-10.00",
      ruledSince: null,
    });
    expect((json.changes as { claim: string }[]).map(({ claim }) => claim)).toEqual([
      claimOne,
      claimThree,
      claimFour,
    ]);
  });

  test("what an earlier claim of the policy would not have taken is left for a later one", async () => {
    const pack = changed({ schedule: { amount: "claim.contracted - 1000" } });
    const changes = (await shadow(pack, "--json")).json.changes as Record<string, unknown>[];
    expect(changes.find(({ claim }) => claim === claimThree)).toMatchObject({
      from: { amount: "100.00", reasonCode: "LIMIT_REMAINING" },
      to: { amount: "110.00", reasonCode: "LIMIT_REMAINING" },
      difference: "10.00",
    });
  });

  test("what would be paid instead of referred is in its favour; a ruling made since is named and stands", async () => {
    const pays = { id: "no-schedule", when: "!claim.hasContracted", reasonCode: "UNSCHEDULED" };
    const pack = changed({ "no-schedule": pays });
    const rules = pack.rules.map((rule) =>
      rule.id === "no-schedule" ? { ...rule, ["then" as string]: "PAY" } : rule,
    );
    const { json } = await shadow(readPack({ ...pack, rules }), "--json");
    const changes = json.changes as Record<string, unknown>[];
    expect(changes.find(({ claim }) => claim === claimTwo)).toMatchObject({
      from: { outcome: "REFER", amount: "0.00", reasonCode: "NO_SCHEDULE" },
      to: { outcome: "PAY", amount: "500.00", reasonCode: "UNSCHEDULED" },
      difference: "500.00",
      ruledSince: { outcome: "PAY_PART", amount: "200.00", reasonCode: "GOODWILL" },
    });
    expect(json.notCompared).toMatchObject({ byPersons: 2, withheld: 0, erased: 0 });
    expect(json.totals).toMatchObject([{ currency: "USD", inFavour: { count: 1 } }]);
  });

  test("the table is aligned and says what was not compared", async () => {
    const pack = changed({ schedule: { amount: "claim.contracted - 1000" } });
    const { out } = await shadow(pack);
    const [head = "", first = ""] = out.split("\n");
    expect(head).toMatch(/^claim +decided +was +amount +would be +amount +difference$/);
    expect(first).toContain(claimOne);
    expect(first.indexOf("PAY_PART")).toBe(head.indexOf("was"));
    expect(first).toMatch(/300\.00 +PAY_PART PLAN_SCHEDULE +290\.00 +-10\.00 USD$/);
    expect(out).toContain("plan-schedule version 2 would change 3 of 4 decisions of its pack");
    expect(out).toContain("in favour of the insured: 1 by 10.00 USD");
    expect(out).toContain("against the insured: 2 by 20.00 USD");
    expect(out).toContain("together: -10.00 USD");
    expect(out).toContain("not compared: 2 by persons");
  });

  test("a pack with another id has no past; one that can't be run is told so", async () => {
    const other = { ...changed({}), id: "another-plan" };
    const { code, json } = await shadow(other, "--json");
    expect([code, json.judged, json.notCompared]).toMatchObject([0, 0, { otherPacks: 4 }]);
    const broken = changed({ schedule: { amount: "claim.contractd" } });
    const { code: exit, err } = await shadow(broken);
    expect(exit).toBe(2);
    expect(err).toContain("rules[4].amount names field contractd");
  });

  test("decisions that were withheld are counted apart", async () => {
    const withheld = [walk.at("decided one"), walk.at("submitted four")];
    const part = sent(bundleOf(entriesOf(walk.items), { packs: walk.packs, withheld }));
    const file = part.keep("pack.json", packBytes(changed({})));
    const { json } = await runVerb([shadowVerb], {}, [
      "shadow",
      file,
      "--from",
      part.bundle,
      "--json",
    ]);
    part.remove();
    expect((json.notCompared as { withheld: number }).withheld).toBeGreaterThanOrEqual(2);
    expect(json.changed).toBe(0);
  });
});
