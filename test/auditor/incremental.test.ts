import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Acts } from "../../shared/audit/tally.ts";
import { leafHash } from "../../shared/log/hash.ts";
import { type Entry, entriesOf } from "../audit/bundle.ts";
import { type Honest, honestLog } from "../audit/honest.ts";
import { ask, noteOver, type Sent, sent } from "./folder.ts";

let honest: Honest;
let leaves: Uint8Array[];
let whole: Sent;

beforeAll(async () => {
  honest = await honestLog();
  leaves = entriesOf(honest.walk.items).map(({ bytes }: Entry) => leafHash(bytes));
  whole = sent(honest.bundle());
});
afterAll(() => whole.remove());

const verify = (from: string, ...more: string[]) =>
  ask("verify", whole.bundle, "--policy", whole.policy, "--from", from, "--json", ...more);

describe("audit verify --from: the auditor's own note of last time", () => {
  test("a log that begins with its tree passes, and what is new is told apart", async () => {
    const note = whole.keep("last/acme.note", noteOver(leaves.slice(0, 9)));
    const { code, json } = await verify(note);
    expect(code).toBe(0);
    const [since] = json.since as Record<string, unknown>[];
    expect(since).toMatchObject({ size: "9", entries: leaves.length - 9, findings: 0 });
    const late = honest.walk.items.slice(9).filter(({ type }) => type === "claim.decided");
    expect(since).toMatchObject({ decisions: late.length, reexecuted: late.length });
    expect((await verify(join(note, ".."))).code).toBe(0);
  });

  test("a note of the whole log: nothing is new", async () => {
    const { code, json } = await verify(whole.keep("now.note", noteOver(leaves)));
    expect(code).toBe(0);
    expect(json.since).toMatchObject([{ entries: 0, decisions: 0 }]);
  });

  test("another history before the note is found, though the bundle agrees with itself", async () => {
    const other = leaves.slice(0, 9).reverse();
    const { code, json } = await verify(whole.keep("other.note", noteOver(other)));
    expect(code).toBe(1);
    expect(json.findings).toMatchObject([{ code: "prefix-differs", index: null }]);
  });

  test("a log cut short below the note is found", async () => {
    const grown = [...leaves, leaves[0] as Uint8Array];
    const { code, json } = await verify(whole.keep("grown.note", noteOver(grown)));
    expect(code).toBe(1);
    expect(json.findings).toMatchObject([
      { code: "prefix-differs", found: `a log of ${leaves.length} entries` },
    ]);
  });

  test("a note the policy does not believe, or no note at all, is no question", async () => {
    const foreign = await verify(whole.keep("foreign.note", noteOver(leaves.slice(0, 9), 2)));
    expect([foreign.code, foreign.err]).toEqual([2, expect.stringContaining("not believed")]);
    const none = await verify(whole.keep("none.note", "nothing"));
    expect([none.code, none.err]).toEqual([2, expect.stringContaining("none.note")]);
    expect((await verify(join(whole.bundle, "absent"))).code).toBe(2);
  });
});

describe("audit verify --require-full", () => {
  const full = (folder: Sent, ...more: string[]) =>
    ask("verify", folder.bundle, "--policy", folder.policy, "--json", ...more);

  test("a whole bundle passes", async () => {
    expect((await full(whole, "--require-full")).code).toBe(0);
  });

  test("a bundle whose grant withholds a decision passes only without it", async () => {
    const part = sent(honest.bundle({ withheld: [honest.walk.at("decided three")] }));
    const lenient = await full(part);
    expect(lenient.code).toBe(0);
    expect(lenient.json.withheld).toBeGreaterThan(0);
    const { code, json } = await full(part, "--require-full");
    expect(code).toBe(1);
    expect(json.findings).toMatchObject([{ code: "not-full" }]);
    part.remove();
  });

  test("so does one that withholds an act that is no decision", async () => {
    const part = sent(honest.bundle({ withheld: [honest.walk.at("settled")] }));
    const lenient = await full(part);
    expect([lenient.code, lenient.json.withheld]).toEqual([0, 0]);
    const { sealed } = lenient.json.acts as Acts;
    expect(lenient.json.acts).toEqual({ sealed, reexecuted: sealed - 1 });
    const { out } = await ask("verify", part.bundle, "--policy", part.policy);
    expect(out).toMatch(/^other acts \d+: 1 not made again/m);
    const { code, json } = await full(part, "--require-full");
    expect([code, json.findings]).toMatchObject([1, [{ code: "not-full" }]]);
    part.remove();
  });
});
