import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { drawSample } from "../../shared/audit/sample.ts";
import { parseCheckpoint } from "../../shared/log/checkpoint.ts";
import { leafHash } from "../../shared/log/hash.ts";
import { parseNote } from "../../shared/log/note.ts";
import { entriesOf } from "../audit/bundle.ts";
import { type Honest, honestLog } from "../audit/honest.ts";
import { ask, noteOver, type Sent, sent } from "./folder.ts";

let honest: Honest;
let leaves: Uint8Array[];
let here: Sent;
const until = 20;

beforeAll(async () => {
  honest = await honestLog();
  leaves = entriesOf(honest.walk.items).map(({ bytes }) => leafHash(bytes));
  here = sent(honest.bundle());
});
afterAll(() => here.remove());

const sample = (seed: string, end: string, ...more: string[]) =>
  ask("sample", here.bundle, "--size", "2", "--seed-note", seed, "--until", end, ...more);

describe("audit sample", () => {
  test("names decisions of the period only, as the later checkpoint has it", async () => {
    const seedNote = noteOver(leaves);
    const seed = here.keep("seed.note", seedNote);
    const end = here.keep("end.note", noteOver(leaves.slice(0, until)));
    const { code, json } = await sample(seed, end, "--policy", here.policy, "--json");
    expect(code).toBe(0);
    const decisions = honest.walk.items.flatMap(({ type }, index) =>
      type === "claim.decided" && index < until ? [`${index}`] : [],
    );
    const checkpoint = parseCheckpoint(parseNote(seedNote, "note").text);
    const drawn = drawSample(checkpoint, "", decisions.length, 2).map((at) => decisions[at]);
    expect(json).toMatchObject({ population: decisions.length, until: `${until}` });
    expect((json.sample as { index: string }[]).map(({ index }) => index)).toEqual(drawn);
    const table = (await sample(seed, end)).out;
    for (const index of drawn) expect(table).toMatch(new RegExp(`^ *${index} `, "m"));
  });

  test("a seed that is not later than the period is refused: its keeper could have chosen", async () => {
    const end = here.keep("end.note", noteOver(leaves.slice(0, until)));
    for (const seed of [end, here.keep("before.note", noteOver(leaves.slice(0, 5)))]) {
      const { code, err } = await sample(seed, end);
      expect([code, err]).toEqual([2, expect.stringContaining("must be later")]);
    }
  });

  test("a period whose checkpoint the entries do not lead to is refused", async () => {
    const seed = here.keep("seed.note", noteOver(leaves));
    const other = here.keep("other.note", noteOver(leaves.slice(0, until).reverse()));
    const { code, err } = await sample(seed, other);
    expect([code, err]).toEqual([2, expect.stringContaining("do not lead")]);
  });
});
