import { beforeAll, describe, expect, test } from "@jest/globals";
import { utf8 } from "../../shared/base/bytes.ts";
import type { Json } from "../../shared/base/canonical.ts";
import { packBytes, packHash } from "../../shared/coverage/pack.ts";
import { planSchedule } from "../../shared/coverage/packs.ts";
import {
  audit,
  type BundleOptions,
  bundleOf,
  entriesOf,
  type Files,
  findingsIn,
  type Item,
} from "./bundle.ts";
import { honestWalk, type Walk } from "./walk.ts";

let walk: Walk;
beforeAll(async () => {
  walk = await honestWalk();
});

const options = (over: BundleOptions = {}): BundleOptions => ({
  packs: walk.packs,
  notes: [1, 4, 9],
  ...over,
});
const honest = (over: BundleOptions = {}): Files => bundleOf(entriesOf(walk.items), options(over));

/** The log rebuilt and signed anew after `change` rewrote the fields of the record called `name`. */
function rewritten(name: string, change: (item: Item) => Partial<Item>): Files {
  const at = walk.at(name);
  const items = walk.items.map((item, index) =>
    index === at ? { ...item, ...change(item) } : item,
  );
  return bundleOf(entriesOf(items), options());
}

/** The same for some of its fields. */
const forged = (name: string, over: Record<string, Json>): Files =>
  rewritten(name, ({ fields }) => ({ fields: { ...fields, ...over } }));

function flipped(file: string, at: number): Files {
  const files = honest();
  const bytes = files.get(file)?.slice();
  if (!bytes) throw new Error(`no ${file}`);
  const index = at < 0 ? bytes.length + at : at;
  bytes[index] = (bytes[index] ?? 0) ^ 1;
  return files.set(file, bytes);
}

const offsetOf = (file: string, text: string): number => {
  const at = Buffer.from(honest().get(file) ?? []).indexOf(text);
  if (at < 0) throw new Error(`no ${text} in ${file}`);
  return at;
};
const finding = (name: string, code: string) => `${walk.at(name)} ${code}`;
const lastTime = () => walk.items.at(-1)?.time ?? "";
const entries = () => `public/tile/entries/000.p/${walk.items.length}`;

describe("an honest log", () => {
  test("has no findings, and every decision is re-executed", async () => {
    const { findings, tally, size } = await audit(honest());
    expect(findings).toEqual([]);
    expect(size).toBe(BigInt(walk.items.length));
    expect(tally).toEqual({
      entries: walk.items.length,
      decisions: 6,
      reexecuted: 6,
      withheld: 0,
      erased: 0,
      holes: 0,
    });
  });

  test("that withholds what the grant says is a log without findings", async () => {
    const { findings, tally } = await audit(honest({ withheld: [walk.at("denied two")] }));
    expect(findings).toEqual([]);
    expect(tally).toMatchObject({ withheld: 3, reexecuted: 3, holes: 0 });
  });

  test("stays checked elsewhere when one claim is withheld", async () => {
    const withheld = { withheld: [walk.at("submitted one")] };
    const at = walk.at("decided four");
    const items = walk.items.map((item, index) =>
      index === at
        ? { ...item, fields: { ...item.fields, award: { amount: "999.00", currency: "USD" } } }
        : item,
    );
    const found = await findingsIn(bundleOf(entriesOf(items), options(withheld)));
    expect(found).toEqual([finding("decided four", "decision-differs")]);
  });
});

describe("one flipped byte is named", () => {
  test("in an entry: the record, its chain and the notes that cover it", async () => {
    const at = offsetOf(entries(), '"type":"claim.submitted"') - 2;
    const found = await findingsIn(flipped(entries(), at));
    expect(found).toContain(finding("submitted one", "record-malformed"));
    expect(found).toContain("- note-differs");
    expect(found).toContain("- tile-differs");
  });

  test("in an entry that stays well-formed: the chain after it, and the notes", async () => {
    const at = offsetOf(entries(), '"time":') + 8 + 3;
    const found = await findingsIn(flipped(entries(), at));
    expect(found).toContain(`${walk.at("bands")} chain-broken`);
    expect(found.filter((each) => each === "- note-differs").length).toBe(4);
  });

  test("in a length of the entries: the bundle", async () => {
    expect(await findingsIn(flipped(entries(), 0))).toContain("- bundle-malformed");
  });

  test("in a tile: the tile, nothing else", async () => {
    const tile = `public/tile/0/000.p/${walk.items.length}`;
    expect(await findingsIn(flipped(tile, 40))).toEqual(["- tile-differs"]);
  });

  test("in the newest note: it is not believed, and not the stored one", async () => {
    const size = walk.items.length;
    expect(await findingsIn(flipped("public/checkpoint", -10))).toEqual([
      "- note-unbelieved",
      "- note-differs",
    ]);
    const found = await findingsIn(flipped(`public/checkpoints/${size}`, -10));
    expect(found).toEqual(["- note-unbelieved", "- note-differs"]);
  });

  test("in a historic note: that note", async () => {
    const { findings } = await audit(flipped("public/checkpoints/4", -10));
    expect(findings.map(({ code, file }) => [code, file])).toEqual([
      ["note-unbelieved", "public/checkpoints/4"],
    ]);
  });

  test("in an opening: the record it is of, and a decision it opens is a hole", async () => {
    const file = "openings/000000.jsonl";
    const at = offsetOf(file, '"decided"'.replace("decided", "GOODWILL")) + 1;
    const { findings, tally } = await audit(flipped(file, at));
    expect(findings.map(({ index, code }) => `${index} ${code}`)).toEqual([
      finding("ruled two", "opening-differs"),
      finding("decided three", "hole"),
    ]);
    expect(tally).toMatchObject({ holes: 2, reexecuted: 4 });
  });

  test("in an opening's JSON: the file, and the record without openings is a hole", async () => {
    const file = "openings/000000.jsonl";
    const at = offsetOf(file, `{"index":"${walk.at("settled")}"`);
    expect(await findingsIn(flipped(file, at))).toEqual([
      "- opening-malformed",
      finding("settled", "hole"),
    ]);
  });
});

describe("history rewritten, rehashed and signed anew", () => {
  test("with another award: that decision", async () => {
    const found = await findingsIn(
      forged("decided one", { award: { amount: "310.00", currency: "USD" } }),
    );
    expect(found[0]).toBe(finding("decided one", "decision-differs"));
  });

  test("with another ruling's amount, reductions made to fit: the award that was ruled", async () => {
    const { reductions } = walk.items[walk.at("ruled two")]?.fields as { reductions: Json[] };
    const found = await findingsIn(
      forged("ruled two", {
        award: { amount: "250.00", currency: "USD" },
        reductions: [
          { ...(reductions[0] as object), amount: { amount: "250.00", currency: "USD" } } as Json,
        ],
      }),
    );
    expect(found.slice(0, 2)).toEqual([
      finding("ruled two", "decision-differs"),
      finding("ruled two", "decision-differs"),
    ]);
  });

  test("with the claim changed under an unchanged decision: the decision's input", async () => {
    const found = await findingsIn(forged("submitted two", { lossDate: "2019-05-04" }));
    expect(found).toContain(finding("referred two", "input-differs"));
  });

  test("with a wrong birth date among the inputs: that input", async () => {
    const { inputs } = walk.items[walk.at("decided one")]?.fields as {
      inputs: { field: string }[];
    };
    const older = inputs.map((input) =>
      input.field === "birthDate" ? { ...input, value: "1950-01-01" } : input,
    );
    expect(await findingsIn(forged("decided one", { inputs: older as Json }))).toEqual([
      finding("decided one", "input-differs"),
    ]);
  });

  test("with an input's salt or version of another record: that input", async () => {
    const { inputs } = walk.items[walk.at("decided one")]?.fields as { inputs: Json[] };
    const [first, ...rest] = inputs as Record<string, Json>[];
    const other = { ...first, salt: Buffer.alloc(32).toString("base64") };
    expect(await findingsIn(forged("decided one", { inputs: [other, ...rest] as Json }))).toEqual([
      finding("decided one", "input-differs"),
    ]);
  });

  test("with a false accumulator: that reading", async () => {
    const { accumulators } = walk.items[walk.at("decided three")]?.fields as {
      accumulators: { values: Record<string, string> }[];
    };
    const lower = accumulators.map((row, index) =>
      index === 1 ? { ...row, values: { "medical/approved": "0" } } : row,
    );
    expect(await findingsIn(forged("decided three", { accumulators: lower as Json }))).toEqual([
      finding("decided three", "accumulator-differs"),
    ]);
  });

  test("with a decision moved in front of the endorsement it was made under", async () => {
    const items = [...walk.items];
    const [moved] = items.splice(walk.at("decided three"), 1);
    const [submitted] = items.splice(walk.at("submitted three"), 1);
    if (!moved || !submitted) throw new Error("no such record");
    items.splice(walk.at("endorsed"), 0, submitted, moved);
    const found = await findingsIn(bundleOf(entriesOf(items), options()));
    expect(found).toContain(`${walk.at("endorsed") + 1} stale-input`);
  });

  test("with the time of a decision: time and record part", async () => {
    const late = await findingsIn(rewritten("decided one", () => ({ time: "2026-03-04T12:01Z" })));
    expect(late).toEqual([finding("decided one", "time-differs")]);
  });

  test("with a machine that denies: refused", async () => {
    const found = await findingsIn(
      rewritten("denied two", ({ fields: { by: _by, ...fields } }) => ({
        actor: "machine",
        fields,
      })),
    );
    expect(found).toContain(finding("denied two", "refused"));
  });

  test("with a person's act unsigned: the act", async () => {
    const found = await findingsIn(
      rewritten("denied two", ({ fields: { by: _by, ...fields } }) => ({ fields })),
    );
    expect(found).toContain(finding("denied two", "event-differs"));
  });

  test("with a simulated decider in a log that is no simulation: refused", async () => {
    const found = await findingsIn(rewritten("ruled two", () => ({ actor: "simulated" })));
    expect(found).toEqual([finding("ruled two", "refused")]);
  });

  test("with a simulated actor on a public or a withheld record: refused all the same", async () => {
    const bands = await findingsIn(rewritten("bands", () => ({ actor: "simulated" })));
    expect(bands).toEqual([finding("bands", "refused")]);
    const at = walk.at("ruled two");
    const items = walk.items.map((item, index) =>
      index === at ? { ...item, actor: "simulated" as const } : item,
    );
    const files = bundleOf(entriesOf(items), options({ withheld: [at] }));
    expect(await findingsIn(files)).toEqual([finding("ruled two", "refused")]);
  });
});

describe("the order of the log", () => {
  test("with two records of a stream swapped is a broken chain", async () => {
    const bytes = entriesOf(walk.items);
    const [a, b] = [walk.at("screened"), walk.at("approved")];
    [bytes[a], bytes[b]] = [bytes[b], bytes[a]] as [never, never];
    const found = await findingsIn(bundleOf(bytes, options()));
    expect(found[0]).toBe(`${a} chain-broken`);
    expect(found).toContain(`${b} chain-broken`);
  });

  test("with a record left out is a broken chain", async () => {
    const bytes = entriesOf(walk.items);
    bytes.splice(walk.at("appealed two"), 1);
    const found = await findingsIn(bundleOf(bytes, options()));
    expect(found[0]).toBe(`${walk.at("appealed two")} chain-broken`);
  });

  test("with a record twice is a broken chain", async () => {
    const bytes = entriesOf(walk.items);
    const again = bytes[walk.at("settled")];
    if (again) bytes.push(again);
    const found = await findingsIn(bundleOf(bytes, options()));
    expect(found[0]).toBe(`${walk.items.length} chain-broken`);
  });

  test.each(["submitted two", "policy", "proposed"])(
    "with a stream begun a second time is a broken chain: %s",
    async (name) => {
      const item = walk.items[walk.at(name)];
      if (!item) throw new Error(name);
      const items = [...walk.items, { ...item, time: lastTime() }];
      const found = await findingsIn(bundleOf(entriesOf(items), options()));
      expect(found).toEqual([`${walk.items.length} chain-broken`]);
    },
  );

  test.each(["decided one", "screened", "endorsed", "bands"])(
    "with a stream that starts in the middle is a broken chain: %s",
    async (name) => {
      const item = walk.items[walk.at(name)];
      if (!item) throw new Error(name);
      const items = [...walk.items, { ...item, stream: "8".repeat(32), time: lastTime() }];
      const found = await findingsIn(bundleOf(entriesOf(items), options()));
      const hole = item.type === "claim.decided" ? [`${walk.items.length} hole`] : [];
      expect(found).toEqual([`${walk.items.length} chain-broken`, ...hole]);
    },
  );

  test("with records of two kinds on one stream is a broken chain", async () => {
    const published = walk.items[walk.at("pack")];
    const insurer = walk.items[walk.at("bands")]?.stream;
    if (!published || !insurer) throw new Error("no pack");
    const items = [...walk.items, { ...published, stream: insurer }];
    const found = await findingsIn(bundleOf(entriesOf(items), options()));
    expect(found).toContain(`${walk.items.length} chain-broken`);
  });

  test("without a genesis is named at index 0", async () => {
    const found = await findingsIn(
      bundleOf(entriesOf(walk.items.slice(1)), options({ notes: [] })),
    );
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
    const found = await findingsIn(bundleOf(entriesOf(later), options()));
    expect(found).toContain(`${at} genesis-differs`);
    expect(found).toContain(`${walk.at("ruled two") + 1} refused`);
  });
});

describe("openings that are not there", () => {
  test("are counted when the grant withholds them", async () => {
    const { findings, tally } = await audit(honest({ withheld: [walk.at("decided three")] }));
    expect(findings).toEqual([]);
    expect(tally).toMatchObject({ withheld: 1, reexecuted: 5, holes: 0 });
  });

  test("are a hole when nobody says so, for decisions and for every other record", async () => {
    const decision = walk.at("decided three");
    const { findings, tally } = await audit(honest({ lost: [decision] }));
    expect(findings.map(({ index, code }) => `${index} ${code}`)).toEqual([`${decision} hole`]);
    expect(tally).toMatchObject({ holes: 1, reexecuted: 5, withheld: 0 });
    expect(await findingsIn(honest({ lost: [walk.at("settled")] }))).toEqual([
      finding("settled", "hole"),
    ]);
  });

  test("make no false findings about what follows", async () => {
    for (const [index, item] of walk.items.entries()) {
      if ("keys" in item.fields || "bands" in item.fields || "hash" in item.fields) continue;
      const { findings, tally } = await audit(honest({ lost: [index] }));
      expect(findings[0]).toMatchObject({ code: "hole", index: `${index}` });
      expect(findings.every(({ code }) => code === "hole")).toBe(true);
      expect(tally.reexecuted + tally.withheld + tally.holes).toBe(tally.decisions);
      expect((await audit(honest({ withheld: [index] }))).findings).toEqual([]);
    }
  });

  test("of another record are a finding, not somebody's opening", async () => {
    const files = honest();
    const text = Buffer.from(files.get("openings/000000.jsonl") ?? []).toString();
    const swapped = text.replace(
      `"index":"${walk.at("screened")}"`,
      `"index":"${walk.at("settled")}"`,
    );
    files.set("openings/000000.jsonl", utf8(swapped));
    const found = await findingsIn(files);
    expect(found).toContain("- opening-malformed");
    expect(found).toContain(finding("screened", "hole"));
  });
});

describe("the rule pack", () => {
  test("swapped for another text is a finding of that file", async () => {
    const files = honest();
    const file = `public/packs/${packHash(planSchedule)}.json`;
    files.set(file, packBytes({ ...planSchedule, title: "Another" }));
    const { findings } = await audit(files);
    expect(findings[0]).toMatchObject({ code: "pack-differs", file });
    expect(findings[1]).toMatchObject({ code: "pack-differs", index: `${walk.at("pack")}` });
  });

  test("that is missing is a finding of the record that names it", async () => {
    const { findings } = await audit(honest({ packs: [] }));
    expect(findings[0]).toMatchObject({ code: "pack-differs", index: `${walk.at("pack")}` });
  });
});
