import { expect, test } from "@jest/globals";
import { byPerson } from "../policy/sample.ts";
import { bundleOf, entriesOf, findingsIn } from "./bundle.ts";
import { staff, Walk } from "./walk.ts";

const loose = [{ upTo: 999_999_999_999n, approvers: 0n }];

/** A log whose bands a person has changed, and where that stands. */
async function changed(): Promise<{ walk: Walk; at: number }> {
  const walk = new Walk();
  await walk.open();
  await walk.publishBands("changed", byPerson(staff), loose);
  return { walk, at: walk.at("changed") };
}

const found = (walk: Walk) => findingsIn(bundleOf(entriesOf(walk.items), { packs: walk.packs }));

test("bands that a person changed, by name, are no finding; the first of a log are a machine's", async () => {
  expect(await found((await changed()).walk)).toEqual([]);
});

test.each([
  ["a machine", "machine", null],
  ["a simulated person in a real log", "simulated", staff],
  ["somebody who is not named", "person", null],
] as const)("bands changed by %s are a finding", async (_, actor, by) => {
  const { walk, at } = await changed();
  const item = walk.items[at];
  if (!item) throw new Error("no bands");
  walk.items[at] = { ...item, actor, fields: { ...item.fields, by } };
  expect(await found(walk)).toContain(`${at} refused`);
});
