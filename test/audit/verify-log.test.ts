import { beforeAll, describe, expect, test } from "@jest/globals";
import { audit, type Files, findingsIn } from "./bundle.ts";
import { type Honest, honestLog } from "./honest.ts";
import type { Walk } from "./walk.ts";

let log: Honest;
let walk: Walk;
beforeAll(async () => {
  log = await honestLog();
  walk = log.walk;
});
const finding = (name: string, code: string) => log.finding(name, code);

function flipped(file: string, at: number): Files {
  const files = log.bundle();
  const bytes = files.get(file)?.slice();
  if (!bytes) throw new Error(`no ${file}`);
  const index = at < 0 ? bytes.length + at : at;
  bytes[index] = (bytes[index] ?? 0) ^ 1;
  return files.set(file, bytes);
}

/** A note that is still one, but for one character of its signature: a flipped bit could leave no base64. */
function withOtherSignature(file: string): Files {
  const files = log.bundle();
  const note = Uint8Array.from(files.get(file) ?? []);
  const at = note.length - 10;
  note[at] = note[at] === 65 ? 66 : 65;
  return files.set(file, note);
}

const offsetOf = (file: string, text: string): number => {
  const at = Buffer.from(log.bundle().get(file) ?? []).indexOf(text);
  if (at < 0) throw new Error(`no ${text} in ${file}`);
  return at;
};
describe("an honest log", () => {
  test("has no findings, and every decision is re-executed", async () => {
    const { findings, tally, size } = await audit(log.bundle());
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
    const { findings, tally } = await audit(log.bundle({ withheld: [walk.at("denied two")] }));
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
    const found = await findingsIn(log.rebuilt(items, withheld));
    expect(found).toEqual([finding("decided four", "decision-differs")]);
  });
});

describe("one flipped byte is named", () => {
  test("in an entry: the record, its chain and the notes that cover it", async () => {
    const at = offsetOf(log.entries, '"type":"claim.submitted"') - 2;
    const found = await findingsIn(flipped(log.entries, at));
    expect(found).toContain(finding("submitted one", "record-malformed"));
    expect(found).toContain("- note-differs");
    expect(found).toContain("- tile-differs");
  });

  test("in an entry that stays well-formed: the chain after it, and the notes", async () => {
    const at = offsetOf(log.entries, '"time":') + 8 + 3;
    const found = await findingsIn(flipped(log.entries, at));
    expect(found).toContain(`${walk.at("bands")} chain-broken`);
    expect(found.filter((each) => each === "- note-differs").length).toBe(4);
  });

  test("in a length of the entries: the bundle", async () => {
    expect(await findingsIn(flipped(log.entries, 0))).toContain("- bundle-malformed");
  });

  test("in a tile: the tile, nothing else", async () => {
    const tile = `public/tile/0/000.p/${walk.items.length}`;
    expect(await findingsIn(flipped(tile, 40))).toEqual(["- tile-differs"]);
  });

  test("in the newest note: it is not believed, and not the stored one", async () => {
    const size = walk.items.length;
    expect(await findingsIn(withOtherSignature("public/checkpoint"))).toEqual([
      "- note-unbelieved",
      "- note-differs",
    ]);
    const found = await findingsIn(withOtherSignature(`public/checkpoints/${size}`));
    expect(found).toEqual(["- note-unbelieved", "- note-differs"]);
  });

  test("in a historic note: that note", async () => {
    const { findings } = await audit(withOtherSignature("public/checkpoints/4"));
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
