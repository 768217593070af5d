import { adjudicate } from "../adjudicate.ts";
import { caseFacts, failedCases } from "../cases.ts";
import type { CompiledPack } from "../compile.ts";
import { errorAt, type Unplaced, warningAt } from "./pack-finding.ts";

/** Golden cases that come out otherwise, and rules that decide none. */
export function caseFindings(compiled: CompiledPack): Unplaced[] {
  const { cases, dateBasis, rules } = compiled.pack;
  if (cases.length === 0) {
    const message = "has no golden cases: nobody can see what it is meant to do";
    return [
      warningAt("no-golden-case", "cases", message, { help: "write one case for each rule" }),
    ];
  }
  const failed = failedCases(compiled).map(({ name, expected, found }) => {
    const index = cases.findIndex((each) => each.name === name);
    const message = `"${name}" comes out as ${found}, not ${expected}`;
    return errorAt("golden-case", `cases[${index}].expect`, message);
  });
  const decided = new Set(
    cases.map(({ facts }) => adjudicate(compiled, caseFacts(dateBasis, facts)).ruleId),
  );
  const untested = rules.flatMap(({ id }, index) =>
    decided.has(id)
      ? []
      : [warningAt("rule-untested", `rules[${index}].id`, "decides none of the golden cases")],
  );
  return [...failed, ...untested];
}
