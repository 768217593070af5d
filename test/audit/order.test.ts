import { beforeAll, describe, expect, test } from "@jest/globals";
import { bundleOf, entriesOf, findingsIn } from "./bundle.ts";
import { type Honest, honestLog } from "./honest.ts";
import type { Walk } from "./walk.ts";

let log: Honest;
let walk: Walk;
beforeAll(async () => {
  log = await honestLog();
  walk = log.walk;
});
const lastTime = () => walk.items.at(-1)?.time ?? "";

describe("the order of the log", () => {
  test("with two records of a stream swapped is a broken chain", async () => {
    const bytes = entriesOf(walk.items);
    const [a, b] = [walk.at("screened"), walk.at("approved")];
    [bytes[a], bytes[b]] = [bytes[b], bytes[a]] as [never, never];
    const found = await findingsIn(bundleOf(bytes, { packs: walk.packs }));
    expect(found[0]).toBe(`${a} chain-broken`);
    expect(found).toContain(`${b} chain-broken`);
  });

  test("with one record replaced by another that fits as well is a broken chain after it", async () => {
    const at = walk.at("screened");
    const other = walk.items.map((item, index) =>
      index === at ? { ...item, fields: { ...item.fields, list: "another list" } } : item,
    );
    const bytes = entriesOf(walk.items).map((entry, index) =>
      index === at ? (entriesOf(other)[at] ?? entry) : entry,
    );
    const found = await findingsIn(bundleOf(bytes, { packs: walk.packs }));
    expect(found).toEqual([`${walk.at("approved")} chain-broken`]);
  });

  test("with a record left out is a broken chain", async () => {
    const bytes = entriesOf(walk.items);
    bytes.splice(walk.at("appealed two"), 1);
    const found = await findingsIn(bundleOf(bytes, { packs: walk.packs }));
    expect(found[0]).toBe(`${walk.at("appealed two")} chain-broken`);
  });

  test("with a record twice is a broken chain", async () => {
    const bytes = entriesOf(walk.items);
    const again = bytes[walk.at("settled")];
    if (again) bytes.push(again);
    const found = await findingsIn(bundleOf(bytes, { packs: walk.packs }));
    expect(found[0]).toBe(`${walk.items.length} chain-broken`);
  });

  test.each(["submitted two", "policy", "proposed"])(
    "with a stream begun a second time is a broken chain: %s",
    async (name) => {
      const item = walk.items[walk.at(name)];
      if (!item) throw new Error(name);
      const items = [...walk.items, { ...item, time: lastTime() }];
      const found = await findingsIn(log.rebuilt(items));
      expect(found).toEqual([`${walk.items.length} chain-broken`]);
    },
  );

  test.each(["decided one", "screened", "endorsed", "bands"])(
    "with a stream that starts in the middle is a broken chain: %s",
    async (name) => {
      const item = walk.items[walk.at(name)];
      if (!item) throw new Error(name);
      const items = [...walk.items, { ...item, stream: "8".repeat(32), time: lastTime() }];
      const found = await findingsIn(log.rebuilt(items));
      const hole = item.type === "claim.decided" ? [`${walk.items.length} hole`] : [];
      expect(found).toEqual([`${walk.items.length} chain-broken`, ...hole]);
    },
  );

  test("with records of two kinds on one stream is a broken chain", async () => {
    const published = walk.items[walk.at("pack")];
    const insurer = walk.items[walk.at("bands")]?.stream;
    if (!published || !insurer) throw new Error("no pack");
    const items = [...walk.items, { ...published, stream: insurer }];
    const found = await findingsIn(log.rebuilt(items));
    expect(found).toContain(`${walk.items.length} chain-broken`);
  });

  test("without a genesis is named at index 0", async () => {
    const found = await findingsIn(log.rebuilt(walk.items.slice(1), { notes: [] }));
    expect(found[0]).toBe("0 genesis-differs");
  });

  test("with a second genesis is named there, and doesn't make the log a simulation", async () => {
    const genesis = walk.items[0];
    if (!genesis) throw new Error("no genesis");
    const fields = { ...genesis.fields, simulation: true };
    const items = [...walk.items];
    const at = walk.at("submitted two");
    items.splice(at, 0, { ...genesis, fields, stream: "8".repeat(32) });
    const later = items.map((item, index) =>
      index === walk.at("ruled two") + 1 ? { ...item, actor: "simulated" as const } : item,
    );
    const found = await findingsIn(log.rebuilt(later));
    expect(found).toContain(`${at} genesis-differs`);
    expect(found).toContain(`${walk.at("ruled two") + 1} refused`);
  });
});

test("a genesis that does not name the key the auditor trusts the log by is named", async () => {
  const items = walk.items.map((item, index) =>
    index === 0 ? { ...item, fields: { ...item.fields, keys: ["other"] } } : item,
  );
  expect(await findingsIn(log.rebuilt(items, { notes: [] }))).toContain("0 genesis-differs");
});
