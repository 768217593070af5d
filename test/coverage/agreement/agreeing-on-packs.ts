import * as fc from "fast-check";
import { unlessMalformed } from "../../../shared/base/malformed.ts";
import { adjudicate } from "../../../shared/coverage/adjudicate.ts";
import { type CompiledPack, compilePack } from "../../../shared/coverage/compile.ts";
import type { Facts } from "../../../shared/coverage/facts.ts";
import { type Pack, readPack } from "../../../shared/coverage/pack.ts";
import { stepsOf } from "../../../shared/coverage/rule-steps.ts";
import { boundOf } from "../../../shared/coverage/step-form.ts";
import { packJson, rule } from "../sample.ts";
import { type Agreement, dayOf, nothingYet, over, parametersOf } from "./agreeing.ts";
import { randomExpression } from "./random-expression.ts";
import { randomFacts } from "./random-facts.ts";
import { namesOf, type Outcome, secondEvaluator } from "./second-evaluator.ts";

/**
 * Runs the engine on `count` random claims of `pack` and every rule it tried by the second evaluator: each condition in the trace, each table's
 * row, the amount and what each step went by must come out alike.
 */
export function agreeOnPack(
  pack: Pack,
  count: number,
  seed: number,
): Agreement & { readonly steps: number } {
  const engine = compilePack(pack);
  const rules = new Map(
    pack.rules.map((rule) => {
      const source = rule.then === "REFER" ? undefined : rule.amount;
      const amount = source === undefined ? undefined : secondEvaluator(source);
      const bounds = stepsOf(rule).flatMap((step) =>
        boundOf(step).map((bound) => [step.id, secondEvaluator(bound)] as const),
      );
      return [rule.id, { when: secondEvaluator(rule.when), amount, bounds: new Map(bounds) }];
    }),
  );
  const found = { ...nothingYet(), steps: 0 };
  for (const facts of fc.sample(randomFacts(pack.dateBasis, nearOf(engine)), {
    numRuns: count,
    seed,
  })) {
    const { basisDay } = facts;
    const names = { ...namesOf(facts), p: parametersOf(pack, basisDay) };
    const t = rowsOf(pack, names, basisDay);
    let tried = "";
    for (const step of adjudicate(engine, facts).trace as Record<string, unknown>[]) {
      if (typeof step.rule === "string") tried = step.rule;
      const checked = checkedIn(step, rules.get(tried));
      if (checked?.[1] === undefined) continue;
      const second = checked[1]({ ...names, t });
      const spoken =
        second === "no result" ? "error" : typeof second === "bigint" ? `${second}` : second;
      // A step that has an amount and may not take by it is refused for that, not for having none.
      if ("step" in step && step.error === true && spoken !== "error") {
        if (mayTake(String(step.kind), second, facts)) {
          found.disagreements.push(`${pack.id} ${tried} ${step.step}: error, ${spoken}`);
        }
        continue;
      }
      found.compared += 1;
      if ("step" in step) found.steps += 1;
      if (spoken !== "error") found.valued += 1;
      if (spoken !== checked[0]) {
        found.disagreements.push(`${pack.id} ${tried}: ${checked[0]}, ${spoken}`);
      }
    }
  }
  return found;
}

/** The second library's expressions of one rule. */
interface Second {
  readonly when: ReturnType<typeof secondEvaluator>;
  readonly amount: ReturnType<typeof secondEvaluator> | undefined;
  readonly bounds: ReadonlyMap<string, ReturnType<typeof secondEvaluator>>;
}

/** What the engine's trace says an expression came to, beside the same expression of the second library. */
function checkedIn(step: Record<string, unknown>, rule: Second | undefined) {
  if ("when" in step) return [step.when, rule?.when] as const;
  if ("amount" in step) return [step.amount, rule?.amount] as const;
  if (typeof step.step !== "string") return undefined;
  return [
    step.error === true ? "error" : (step.of ?? step.rate),
    rule?.bounds.get(step.step),
  ] as const;
}

/** Whether a step of the kind could take by `value` on these facts, whatever its period. */
function mayTake(kind: string, value: Outcome, { claim, policy }: Facts): boolean {
  const total = claim.lines.reduce((sum, { claimed }) => sum + claimed, 0n);
  if (kind === "line-limit" && total !== claim.claimed) return false;
  if (typeof value !== "bigint" || value < 0n || !policy.present) return false;
  return kind !== "coinsurance" || value <= 10_000n;
}

/** The rows of a pack's tables for one claim, each key by the second library. */
function rowsOf(pack: Pack, names: object, basisDay: bigint): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(pack.tables ?? {}).flatMap(([name, table]) => {
      const key = secondEvaluator(table.by)({ ...names, t: {} });
      const entry = table.dated.findLast(({ from }) => dayOf(from) <= basisDay);
      const row = entry?.rows.find(
        ({ from, to }) =>
          typeof key === "bigint" && key >= BigInt(from) && (to === null || key < BigInt(to)),
      );
      if (row === undefined) return [];
      return [[name, typeof row.value === "number" ? BigInt(row.value) : row.value]];
    }),
  );
}

/**
 * Runs the engine on packs whose one rule has steps of random expressions, `count` of them with a random claim each: what the trace says each step
 * went by must be what the second library gives. Amounts and rates are brought into the range that a step may take by half of the time.
 */
export function agreeOnSteps(count: number, seed: number): Agreement & { readonly steps: number } {
  const found = { ...nothingYet(), steps: 0 };
  const within = (most: string) => (source: string) => `greatest(0, least(${most}, ${source}))`;
  const bound = (most: string) =>
    fc.oneof(randomExpression.int, randomExpression.int.map(within(most)));
  const list = fc.tuple(bound("1000"), bound("10000"), bound("2000"), bound("100000"));
  for (const [index, bounds] of fc.sample(list, { numRuns: count, seed }).entries()) {
    const stepped = unlessMalformed(() =>
      readPack(packJson([rule({ steps: stepsBy(bounds) })], { ...over, effective })),
    );
    const fits = stepped && unlessMalformed(() => compilePack(stepped));
    if (!stepped || !fits) {
      found.refused += 1;
      continue;
    }
    const { compared, valued, steps, disagreements } = agreeOnPack(stepped, 3, seed + index);
    found.compared += compared;
    found.valued += valued;
    found.steps += steps;
    // Where the CEL specification decides, and the second library is known to be wrong (agreement.test.ts).
    const smallest = bounds.some((source) => source.includes("9223372036854775807 - 1"));
    if (smallest) found.excepted += disagreements.length;
    else found.disagreements.push(...disagreements);
  }
  return found;
}

/** In force on any day there is. */
const effective = { from: "1800-01-01", to: null };

const stepsBy = ([deductible, rate, maximum, limit]: readonly string[]) => {
  const head = { reasonCode: "STEP", citation: { clause: "1", text: "Less." } };
  const period = "calendar-year";
  return [
    { ...head, id: "a", kind: "deductible", amount: deductible, period },
    { ...head, id: "b", kind: "coinsurance", rate, rounding: "down" },
    { ...head, id: "c", kind: "out-of-pocket-maximum", amount: maximum, period },
    { ...head, id: "d", kind: "limit", amount: limit, period },
  ];
};

/** Days, codes and amounts that a pack's parameters and rows name. */
function nearOf({ pack: { parameters, tables, effective } }: CompiledPack) {
  const flat = JSON.stringify([parameters, tables, effective]);
  const all = (pattern: RegExp): string[] => flat.match(pattern) ?? [];
  return {
    days: all(/\d{4}-\d{2}-\d{2}/g).map(dayOf),
    codes: all(/icd-10:[A-Z0-9.]+/g).map((code) => (code.length > 7 ? code : `${code}00`)),
    minor: all(/(?<=[:,[])\d{3,15}(?=[,\]}])/g).map(BigInt),
  };
}
