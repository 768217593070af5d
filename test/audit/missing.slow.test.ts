import { beforeAll, describe, expect, test } from "@jest/globals";
import { utf8 } from "../../shared/base/bytes.ts";
import { packBytes, packHash } from "../../shared/coverage/pack.ts";
import { planSchedule } from "../../shared/coverage/packs.ts";
import { isSealedType } from "../../shared/record/types.ts";
import { audit, findingsIn } from "./bundle.ts";
import { type Honest, honestLog } from "./honest.ts";
import type { Walk } from "./walk.ts";

let log: Honest;
let walk: Walk;
beforeAll(async () => {
  log = await honestLog();
  walk = log.walk;
});
const finding = (name: string, code: string) => log.finding(name, code);

describe("openings that are not there", () => {
  test("are counted when the grant withholds them", async () => {
    const { findings, tally } = await audit(log.bundle({ withheld: [walk.at("decided three")] }));
    expect(findings).toEqual([]);
    expect(tally).toMatchObject({ withheld: 1, reexecuted: 5, holes: 0 });
  });

  test("are a hole when nobody says so, for decisions and for every other record", async () => {
    const decision = walk.at("decided three");
    const { findings, tally } = await audit(log.bundle({ lost: [decision] }));
    expect(findings.map(({ index, code }) => `${index} ${code}`)).toEqual([`${decision} hole`]);
    expect(tally).toMatchObject({ holes: 1, reexecuted: 5, withheld: 0 });
    expect(await findingsIn(log.bundle({ lost: [walk.at("settled")] }))).toEqual([
      finding("settled", "hole"),
    ]);
  });

  test("make no false findings about what follows", async () => {
    for (const [index, item] of walk.items.entries()) {
      if (!isSealedType(item.type)) continue;
      const { findings, tally } = await audit(log.bundle({ lost: [index] }));
      expect(findings[0]).toMatchObject({ code: "hole", index: `${index}` });
      expect(findings.every(({ code }) => code === "hole")).toBe(true);
      expect(tally.reexecuted + tally.withheld + tally.holes).toBe(tally.decisions);
      expect((await audit(log.bundle({ withheld: [index] }))).findings).toEqual([]);
    }
  });

  test("of another record are a finding, not somebody's opening", async () => {
    const files = log.bundle();
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
    const files = log.bundle();
    const file = `public/packs/${packHash(planSchedule)}.json`;
    files.set(file, packBytes({ ...planSchedule, title: "Another" }));
    const { findings } = await audit(files);
    expect(findings[0]).toMatchObject({ code: "pack-differs", file });
    expect(findings[1]).toMatchObject({ code: "pack-differs", index: `${walk.at("pack")}` });
  });

  test("that is missing is a finding of the record that names it", async () => {
    const { findings } = await audit(log.bundle({ packs: [] }));
    expect(findings[0]).toMatchObject({ code: "pack-differs", index: `${walk.at("pack")}` });
  });
});
