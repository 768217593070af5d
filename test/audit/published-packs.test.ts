import { expect, test } from "@jest/globals";
import { type Pack, packHash } from "../../shared/coverage/pack.ts";
import { planSchedule } from "../../shared/coverage/packs.ts";
import { byPerson, minute, noon } from "../policy/sample.ts";
import { bundleOf, entriesOf, findingsIn, type Item } from "./bundle.ts";
import { packApprover, packAuthor, Walk } from "./walk.ts";

const second: Pack = {
  ...planSchedule,
  version: 2,
  retroactive: { reason: "Nothing changes for anybody." },
};

/** A log with two versions of a pack, and what `over` makes of the second's record. */
async function found(over: (item: Item) => Partial<Item>, texts: readonly Pack[] = []) {
  const walk = new Walk();
  await walk.open();
  await walk.publish("second", second, byPerson(packApprover, noon + minute));
  const at = walk.at("second");
  const items = walk.items.map((item, index) => (index === at ? { ...item, ...over(item) } : item));
  const bundle = bundleOf(entriesOf(items), { packs: [...walk.packs, ...texts] });
  return (await findingsIn(bundle)).map((each) => each.replace(`${at} `, ""));
}
const saying = (fields: Item["fields"]) => (item: Item) => ({
  fields: { ...item.fields, ...fields },
});

test("a version that two persons published in the insured's favour is no finding", async () => {
  expect(await found(() => ({}))).toEqual([]);
});

test("its author's own approval, a machine's or a simulated one is found", async () => {
  expect(await found(saying({ author: packApprover }))).toEqual(["refused"]);
  expect(await found(saying({ approver: packAuthor }))).toEqual(["refused"]);
  expect(await found(() => ({ actor: "machine" }))).toEqual(["refused"]);
  expect(await found(() => ({ actor: "simulated" }))).toContain("refused");
});

test("a record that says other days or another basis than its text is found", async () => {
  expect(await found(saying({ from: "1900-01-02" }))).toEqual(["pack-differs"]);
  expect(await found(saying({ to: "2026-01-01" }))).toEqual(["pack-differs"]);
  expect(await found(saying({ dateBasis: "notice" }))).toEqual(["pack-differs"]);
});

test("a retroactive version that pays less, one without a reason, and one whose cases fail are found", async () => {
  const published = (text: Pack) => found(saying({ hash: packHash(text) }), [text]);
  const less: Pack = {
    ...second,
    rules: second.rules.map((rule) =>
      rule.id === "schedule" && rule.then !== "REFER"
        ? { ...rule, amount: "claim.contracted - 1" }
        : rule,
    ),
    cases: [],
  };
  expect(less.rules).not.toEqual(second.rules);
  expect(await published(less)).toEqual(["refused"]);
  const { retroactive: _, ...silent } = second;
  expect(await published(silent)).toEqual(["refused"]);
  const [first, ...others] = second.cases;
  const wrong = { ...first!, expect: { ...first!.expect, reasonCode: "OTHER" } };
  expect(await published({ ...second, cases: [wrong, ...others] })).toEqual(["refused"]);
});
