import { assume } from "./assume.ts";
import { evaluatePossible, pathOf, type World } from "./evaluate-possible.ts";
import { nearest } from "./nearest.ts";
import { errorAt, type Unplaced, warningAt } from "./pack-finding.ts";
import type { ReadRule } from "./read-rules.ts";
import { nodesOf, partsOf, spanOf } from "./span.ts";

/** A rule and the claims for which it decides, as far as can be told. */
export interface Reached {
  readonly rule: ReadRule;
  readonly world: World;
}

/** Which rules can decide, for which claims, and what is wrong with the others. */
export interface Reach {
  readonly reached: readonly Reached[];
  readonly findings: readonly Unplaced[];
}

/**
 * Goes through `rules` in order as the engine does: a rule is tried for the claims of which every base rule before it is false. What is told is
 * true of every claim; what can't be told from one value at a time (two facts that vary together, items of a list) is not found.
 */
export function reachOf(rules: readonly ReadRule[], all: World): Reach {
  const findings: Unplaced[] = [];
  const reached: Reached[] = [];
  let world: World | undefined = all;
  let closer: ReadRule | undefined;
  for (const base of rules.filter(({ rule }) => rule.exceptionTo === undefined)) {
    const exceptions = rules.filter(({ rule }) => rule.exceptionTo === base.rule.id);
    if (!world) {
      for (const each of [base, ...exceptions]) findings.push(notReached(each, closer));
      continue;
    }
    const holds = worldWhere(base, world, all, findings);
    if (holds) {
      reached.push({ rule: base, world: holds });
      reached.push(...exceptionsOf(base, exceptions, holds, all, findings));
    }
    const { expr } = base.when.parsed;
    // What never has a result is said once, not again of every rule after it.
    if (evaluatePossible(expr, world)?.kind === "none") continue;
    world = assume(expr, false, world);
    if (!world) closer = base;
  }
  return { reached, findings };
}

/** The claims of `world` for which the rule holds; where there are none, says whether that is its own doing or that of rules before it. */
function worldWhere(
  rule: ReadRule,
  world: World,
  all: World,
  findings: Unplaced[],
): World | undefined {
  const { expr } = rule.when.parsed;
  const holds = assume(expr, true, world);
  if (holds) return holds;
  const where = `rules[${rule.index}].when`;
  if (assume(expr, true, all)) {
    const message =
      "never holds here: every claim for which it could is decided by a rule before it";
    findings.push(errorAt("never-reached", where, message, { help: "move it up, or take it out" }));
  } else if (evaluatePossible(expr, all)?.kind === "none") {
    findings.push(
      errorAt("no-result", where, "never has a result, so every claim is referred here"),
    );
  } else findings.push(neverHolds(rule, where, all));
  return undefined;
}

/** Underlines the smallest part that can't be true, and names the value that was probably meant. */
function neverHolds({ when, rule }: ReadRule, where: string, all: World): Unplaced {
  const nodes = [...nodesOf(when.parsed.expr)];
  const false_ = nodes.filter((node) => {
    const value = evaluatePossible(node, all);
    return value?.kind === "bool" && !value.canTrue;
  });
  const part = false_.at(-1);
  const within = part ? spanOf(part, when.parsed, rule.when) : null;
  const message =
    part && part !== when.parsed.expr ? "never holds: this part is never true" : "never holds";
  return errorAt("never-holds", where, message, { within, help: part ? meant(part, all) : null });
}

/** "did you mean "death"?" of a comparison with a text that its fact never is. */
function meant(part: ReturnType<typeof partsOf>[number], all: World): string | null {
  const [left, right] = partsOf(part);
  for (const [path, literal] of [
    [left, right],
    [right, left],
  ]) {
    const name = pathOf(path);
    const known = name === undefined ? undefined : all.get(name);
    const text = evaluatePossible(literal, all);
    if (known?.kind === "int") return `${name} is from ${known.from} to ${known.to}`;
    if (known?.kind !== "text" || !known.only || text?.kind !== "text" || !text.only) continue;
    const near = nearest([...text.only][0] ?? "", [...known.only]);
    if (near !== undefined) return `did you mean "${near}"?`;
    return `${name} is one of ${[...known.only].map((each) => `"${each}"`).join(", ")}`;
  }
  return null;
}

function notReached({ index }: ReadRule, closer: ReadRule | undefined): Unplaced {
  const by = closer
    ? `rule ${closer.rule.id}, which holds for every claim that comes to it`
    : "the rules before it";
  const message = `is never tried: ${by}, decides first`;
  return errorAt("never-reached", `rules[${index}].when`, message, {
    help: "move it up, or take it out",
  });
}

function exceptionsOf(
  base: ReadRule,
  exceptions: readonly ReadRule[],
  holds: World,
  all: World,
  findings: Unplaced[],
): Reached[] {
  const reached = exceptions.flatMap((rule) => {
    const world = worldWhere(rule, holds, all, findings);
    return world ? [{ rule, world }] : [];
  });
  for (const [at, second] of reached.entries()) {
    const { expr } = second.rule.when.parsed;
    // One is enough to say so: of every pair, 200 exceptions would give 19,900.
    const first = reached.slice(0, at).find(({ world }) => assume(expr, true, world));
    if (first) findings.push(overlap(base, first.rule, second.rule));
  }
  return reached;
}

const overlap = (base: ReadRule, first: ReadRule, second: ReadRule): Unplaced =>
  warningAt(
    "exceptions-overlap",
    `rules[${second.index}].when`,
    `may hold together with ${first.rule.id}: both are exceptions to ${base.rule.id}, and a claim that meets both is referred`,
    { help: "add to one of them the opposite of the other" },
  );
