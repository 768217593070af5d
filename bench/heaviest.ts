import { Malformed } from "../shared/base/malformed.ts";
import { adjudicate } from "../shared/coverage/adjudicate.ts";
import { caseFacts } from "../shared/coverage/cases.ts";
import { type CompiledPack, compilePack, maxSteps } from "../shared/coverage/compile.ts";
import type { Facts } from "../shared/coverage/facts.ts";
import { readPack } from "../shared/coverage/pack.ts";
import { maxDiagnoses, maxLines } from "../shared/coverage/types.ts";
import type { Figure } from "./figure.ts";
import { coreMsOf, medianOf } from "./rate.ts";

/** What a decision on the heaviest claim by the heaviest pack may take: docs/spec/rule-pack.md. */
export const worstCaseMs = 250;

const then = "then";
/** Conditions that are false only at their very end, each of another kind of work. */
const kinds: Readonly<Record<string, string>> = {
  "lines in lines": "claim.lines.all(a, claim.lines.all(b, a.claimed >= b.claimed))",
  "texts in a list": "claim.lines.all(a, a.service in p.texts || a.claimed > 0) && false",
  "texts compared": "claim.lines.all(a, a.service >= p.longest || a.claimed > 0) && false",
  "no result": "claim.lines.exists(a, a.contracted > 0) && false",
  "no result in loops": "claim.lines.exists(a, claim.lines.all(b, b.contracted > 0)) && false",
  "wide and flat": `${Array.from({ length: 28 }, () => "claim.claimed + 1 > 0").join(" && ")} && false`,
};

/** The pack with as many rules of one kind as the bounds allow. */
function heaviestPack(when: string): CompiledPack {
  const texts = Array.from({ length: 500 }, (_, index) => `${"x".repeat(190)}${index}`);
  const packOf = (count: number) =>
    compilePack(
      readPack({
        id: "heaviest",
        version: 1,
        title: "As much work as a pack may be",
        dateBasis: "loss",
        currency: "EUR",
        effective: { from: "2020-01-01", to: null },
        parameters: { texts, longest: "y".repeat(200) },
        rules: Array.from({ length: count }, (_, index) => ({
          id: `rule-${index}`,
          when,
          [then]: "REFER",
          reasonCode: "HEAVY",
          citation: { clause: "1", text: "Work." },
        })),
        cases: [],
      }),
    );
  let [fits, over] = [1, 201];
  while (over - fits > 1) {
    const middle = Math.floor((fits + over) / 2);
    if (isWithin(() => packOf(middle))) fits = middle;
    else over = middle;
  }
  return packOf(fits);
}

function isWithin(compile: () => unknown): boolean {
  try {
    compile();
    return true;
  } catch (error) {
    if (error instanceof Malformed) return false;
    throw error;
  }
}

/** A claim with as many lines and diagnoses as a pack reads. */
function heaviestClaim(): Facts {
  const line = { service: "x".repeat(120), claimed: 1 };
  const claim = {
    event: "service" as const,
    lossDay: "2020-05-04",
    claimed: 100,
    diagnoses: Array.from({ length: maxDiagnoses }, (_, index) => `icd-10:A${index}`),
    lines: Array.from({ length: maxLines }, () => line),
  };
  return caseFacts("loss", { claim, policy: { startDay: "2020-01-01" } });
}

/** The longest decision there is: the heaviest claim before packs at the bound, the slowest kind of work of several. */
export function heaviest(): Figure {
  const claim = heaviestClaim();
  let slowest = { ms: 0, kind: "" };
  for (const [kind, when] of Object.entries(kinds)) {
    const pack = heaviestPack(when);
    const times = Array.from({ length: 5 }, () => {
      return coreMsOf(() => adjudicate(pack, claim));
    });
    const ms = medianOf(times);
    if (ms > slowest.ms) slowest = { ms, kind };
  }
  return {
    name: "rules.heaviest",
    value: slowest.ms,
    unit: "ms",
    limitName: `the stated worst case, ${maxSteps.toLocaleString("en")} steps, ${maxLines} lines (slowest: ${slowest.kind})`,
    limit: worstCaseMs,
  };
}
