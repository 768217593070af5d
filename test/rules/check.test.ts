import { afterAll, expect, test } from "@jest/globals";
import { checkVerb } from "../../local/rules/verbs/check.ts";
import { packs } from "../../shared/coverage/packs.ts";
import { runVerb, sent } from "../auditor/folder.ts";

const kept = sent(new Map([["public/none", new Uint8Array(0)]]));
afterAll(() => kept.remove());
const check = (text: string | Uint8Array, ...options: string[]) =>
  runVerb([checkVerb], {}, ["check", kept.keep("pack.json", text), ...options]);

const sound = JSON.stringify(packs[0], null, 2);
const unsound = sound
  .replace("claim.lossDay < policy.startDay", "claim.lossDay < polcy.startDay")
  .replace("claim.contracted == 0", "claim.contracted == 0.5");

test("a sound pack: one line, exit 0", async () => {
  const { code, out } = await check(sound);
  expect(code).toBe(0);
  expect(out).toMatch(
    /^✓ plan-schedule version 1 \(5 rules, 13 golden cases, SHA-256 [0-9a-f]{16}…\): nothing found\n$/,
  );
});

test("findings point at file, line, column and rule, underline the part, and suggest; exit 1", async () => {
  const { code, out } = await check(unsound);
  expect(code).toBe(1);
  const line = unsound.split("\n").findIndex((each) => each.includes("polcy")) + 1;
  const [first = ""] = out.split("\n\n");
  const [head, place, , source = "", carets = "", help] = first.split("\n");
  expect(head).toBe("error[expression]: rules[1].when names polcy, which does not exist");
  expect(place).toMatch(new RegExp(`^ +--> .*pack\\.json:${line}:\\d+, rule outside-window$`));
  const from = carets.indexOf("^");
  expect(source.slice(from, carets.lastIndexOf("^") + 1)).toBe("polcy");
  expect(place).toContain(`:${line}:${from - `${line} | `.length + 1},`);
  expect(help?.trim()).toBe("= help: did you mean policy?");
  expect(out).toContain("2 errors, 0 warnings: the pack can't be run yet");
});

test("--json is one line with the same", async () => {
  const { code, json } = await check(unsound, "--json");
  expect(code).toBe(1);
  expect(json).toMatchObject({ ok: false, errors: 2, warnings: 0, pack: null });
  const [first] = json.findings as Record<string, unknown>[];
  expect(first).toMatchObject({
    severity: "error",
    code: "expression",
    where: "rules[1].when",
    rule: "outside-window",
    help: "did you mean policy?",
  });
  expect((await check(sound, "--json")).json).toMatchObject({
    ok: true,
    pack: { id: "plan-schedule" },
  });
});

test("what steers a terminal is not passed on", async () => {
  const text = sound.replace("!policy.present", "!policy.pr\\u001besent\u202e");
  const { out } = await check(text);
  expect(out).toContain("error[expression]");
  expect(["\u001b", "\u202e"].filter((sign) => out.includes(sign))).toEqual([]);
});

test("a file that can't be read, is far too long, or arguments that ask nothing: exit 2", async () => {
  expect(await runVerb([checkVerb], {}, ["check", "no-such-file.json"])).toMatchObject({
    code: 2,
    err: "no-such-file.json can't be read (ENOENT)\n",
  });
  const long = await check(new Uint8Array(10_000_000));
  expect([long.code, long.out]).toEqual([
    2,
    expect.stringContaining("10,000,000 bytes long: a pack has at most 262,144"),
  ]);
  expect(await runVerb([checkVerb], {}, ["check"])).toMatchObject({ code: 2 });
  expect(await runVerb([checkVerb], {}, ["check", "a", "--nope"])).toMatchObject({ code: 2 });
});
