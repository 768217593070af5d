import { expect, test } from "@jest/globals";
import type { Json } from "../../shared/base/canonical.ts";
import { audit, bundleOf, entriesOf, type Item } from "./bundle.ts";
import { honestWalk } from "./walk.ts";

/** What the audit of the honest log finds once the fields of its first decision are changed and everything is hashed anew. */
async function found(change: (fields: Item["fields"]) => Item["fields"]): Promise<string[]> {
  const { items, packs } = await honestWalk();
  const at = items.findIndex(({ type }) => type === "claim.decided");
  const changed = items.map((item, index) =>
    index === at ? { ...item, fields: change(item.fields) } : item,
  );
  const { findings } = await audit(bundleOf(entriesOf(changed), { packs }));
  return findings.filter(({ index }) => index === `${at}`).map(({ code }) => code);
}

test("a letter's hash that is not the one the decision gives is a finding of its own", async () => {
  const other: Json = "0".repeat(64);
  expect(await found((fields) => fields)).toEqual([]);
  expect(await found((fields) => ({ ...fields, letter: other }))).toEqual(["letter-differs"]);
});

test("a decision with another reason is found by the reason, whatever its letter", async () => {
  const reasonCode: Json = "GOODWILL";
  expect(await found((fields) => ({ ...fields, reasonCode }))).toEqual(["decision-differs"]);
});
