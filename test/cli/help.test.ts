import { expect, test } from "@jest/globals";
import { exportVerb } from "../../local/audit/verbs/export.ts";
import { witnessVerb } from "../../local/audit/verbs/witness.ts";
import { auditorVerbs } from "../../local/audit/verbs.ts";
import { qldbVerb } from "../../local/import/verbs/qldb.ts";
import { qldbDocumentVerb } from "../../local/import/verbs/qldb-document.ts";
import { checkVerb } from "../../local/rules/verbs/check.ts";
import { readjudicateVerb } from "../../local/rules/verbs/readjudicate.ts";
import { shadowVerb } from "../../local/rules/verbs/shadow.ts";
import { runVerb } from "../auditor/folder.ts";

const audit = [...auditorVerbs, exportVerb, witnessVerb];
const verbs = [...audit, qldbVerb, qldbDocumentVerb, checkVerb, shadowVerb, readjudicateVerb];

test.each(verbs.map((verb) => [verb.name, verb] as const))(
  "%s --help says on stdout how it is used",
  async (name, verb) => {
    for (const argv of [
      [name, "--help"],
      [name, "somewhere", "-h"],
    ]) {
      const { code, out, err } = await runVerb([verb], {}, argv);
      expect([code, err]).toEqual([0, ""]);
      expect(out).toMatch(new RegExp(`^usage:\n  audit ${name} `));
    }
  },
);

test("--help without a verb tells of all, an unknown verb is named", async () => {
  const all = await runVerb(audit, {}, ["--help"]);
  expect([all.code, all.err]).toEqual([0, ""]);
  for (const { name } of audit) expect(all.out).toContain(`audit ${name} `);
  const none = await runVerb(audit, {}, ["verfy", "bundle"]);
  expect([none.code, none.out]).toEqual([2, ""]);
  expect(none.err).toMatch(/^There is no "verfy"\.\nusage:\n/);
});

test("what a verb takes goes on below itself, and how many it was given is said", async () => {
  const { err } = await runVerb(audit, {}, ["verify", "one", "two"]);
  const [why, ...lines] = err.split("\n");
  expect(why).toBe("verify takes 1 argument besides its options, and was given 2");
  expect(lines[2]).toMatch(/^ {10,}\[--key FILE/);
});

test("what follows -- is never asked for help", async () => {
  const { code, err } = await runVerb(audit, {}, ["receipt", "--", "--help"]);
  expect(code).toBe(2);
  expect(err).not.toBe("");
});
