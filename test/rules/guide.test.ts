import { readFileSync } from "node:fs";
import { afterAll, expect, test } from "@jest/globals";
import { checkVerb } from "../../local/rules/verbs/check.ts";
import { shadowVerb } from "../../local/rules/verbs/shadow.ts";
import { packBytes, readPack } from "../../shared/coverage/pack.ts";
import { planSchedule } from "../../shared/coverage/packs.ts";
import { bundleOf, entriesOf } from "../audit/bundle.ts";
import { honestWalk } from "../audit/walk.ts";
import { runVerb, sent } from "../auditor/folder.ts";

const guide = readFileSync(new URL("../../docs/rules.md", import.meta.url), "utf8");
const blocks = (kind: string): string[] =>
  [...guide.matchAll(new RegExp(`^\`\`\`${kind}\\n(.*?)^\`\`\``, "gms"))].map(
    ([, text]) => text ?? "",
  );
const kept = sent(new Map([["public/none", new Uint8Array(0)]]));
afterAll(() => kept.remove());

async function checked(text: string): Promise<string> {
  const file = kept.keep("aid.json", text);
  const { code, out } = await runVerb([checkVerb], {}, ["check", file]);
  expect(code).toBe(1);
  return out.replaceAll(file, "aid.json");
}

test("what the guide shows of check is what it says", async () => {
  const [pack = ""] = blocks("json");
  const [written, repaired] = blocks("text");
  expect(await checked(pack)).toBe(written);
  expect(await checked(pack.replace("polcy", "policy"))).toBe(repaired);
});

test("what the guide shows of shadow is what it says", async () => {
  const walk = await honestWalk();
  const past = sent(bundleOf(entriesOf(walk.items), { packs: walk.packs }));
  const rules = planSchedule.rules.map((rule) =>
    rule.id === "schedule" ? { ...rule, amount: "claim.contracted - 1000" } : rule,
  );
  const pack = readPack({ ...planSchedule, version: 2, rules, cases: [] });
  const file = past.keep("pack.json", packBytes(pack));
  const { out } = await runVerb([shadowVerb], {}, ["shadow", file, "--from", past.bundle]);
  past.remove();
  expect(out).toBe(blocks("text")[2]);
});
