import type { Atom, Comparison, Condition } from "../coverage/conditions.ts";
import { type Expr, pathOf } from "../coverage/expression-tree.ts";
import { flagSentences, type Unit } from "./names.ts";
import { type Context, factName, sayTerm, unitOf } from "./term-text.ts";

/** One line of a condition in words, with what it came to, `depth` levels inside. */
export interface ConditionLine {
  readonly depth: number;
  readonly text: string;
}

/** `condition` line by line: each atom with the values it compares and whether it holds. */
export function conditionLines(condition: Condition, context: Context, depth = 0): ConditionLine[] {
  switch (condition.kind) {
    case "atom":
      return [{ depth, text: atomLine(condition, context) }];
    case "not": {
      const { of } = condition;
      if (of.kind === "atom") return [{ depth, text: atomLine(of, context, true) }];
      return [{ depth, text: "not so:" }, ...conditionLines(of, context, depth + 1)];
    }
    default: {
      const bare = condition.kind === "all" && depth === 0;
      const inner = bare ? depth : depth + 1;
      const inside = condition.of.flatMap((each) => conditionLines(each, context, inner));
      const text = condition.kind === "all" ? "all of these:" : "at least one of these:";
      return bare ? inside : [{ depth, text }, ...inside];
    }
  }
}

function atomLine(atom: Atom, context: Context, negated = false): string {
  const value = atom.value(context.variables);
  const came = typeof value === "boolean" ? (value !== negated ? "yes" : "no") : "cannot be told";
  return `${sentence(atom, context, negated)}: ${came}`;
}

function sentence(atom: Atom, context: Context, negated: boolean): string {
  const { comparison, expr } = atom;
  if (!comparison) return otherSentence(expr, context, negated);
  const { left, right, op } = comparison;
  const unit = unitOf(left.expr, context.pack) ?? unitOf(right.expr, context.pack);
  const verb = verbFor(negated ? opposite[op] : op, unit);
  return `${sayTerm(left.expr, unit, context)} ${verb} ${sayTerm(right.expr, unit, context)}`;
}

const opposite: Readonly<Record<Comparison, Comparison>> = {
  "<": ">=",
  "<=": ">",
  ">": "<=",
  ">=": "<",
  "==": "!=",
  "!=": "==",
};
const dayVerbs: Readonly<Record<Comparison, string>> = {
  "<": "is before",
  "<=": "is on or before",
  ">": "is after",
  ">=": "is on or after",
  "==": "is",
  "!=": "is not",
};
const verbs: Readonly<Record<Comparison, string>> = {
  "<": "is less than",
  "<=": "is at most",
  ">": "is more than",
  ">=": "is at least",
  "==": "is",
  "!=": "is not",
};
const verbFor = (op: Comparison, unit: Unit | undefined): string =>
  (unit === "day" ? dayVerbs : verbs)[op];

function otherSentence(expr: Expr, context: Context, negated: boolean): string {
  const path = pathOf(expr);
  const { case: kind, value } = expr.exprKind;
  if (path !== undefined || kind === "constExpr") {
    const stated = path === undefined ? undefined : flagSentences[path];
    if (stated) return stated[negated ? 1 : 0];
    const text = path ? factName(path, context.pack) : "it holds for whatever comes this far";
    return negated ? `not so: ${text}` : text;
  }
  if (kind === "callExpr" && value.function === "@in")
    return membership(value.args, context, negated);
  if (kind === "callExpr" && value.function === "startsWith" && value.target && value.args[0]) {
    const verb = negated ? "does not begin with" : "begins with";
    return `${sayTerm(value.target, "text", context)} ${verb} ${sayTerm(value.args[0], "text", context)}`;
  }
  const listed =
    kind === "comprehensionExpr" && value.iterRange ? pathOf(value.iterRange) : undefined;
  const of = listed === undefined ? "a further condition" : `the ${factName(listed, context.pack)}`;
  const text = listed === undefined ? of : `${of} meet what the clause asks of them`;
  return negated ? `not so: ${text}` : text;
}

/** `x in list`: "the diagnoses include x", or "x is one of a, b or c". */
function membership([item, list]: readonly Expr[], context: Context, negated: boolean): string {
  if (!item || !list) return "a further condition";
  const unit = unitOf(item, context.pack);
  const path = pathOf(list);
  if (path !== undefined && !path.startsWith("p.")) {
    const verb = negated ? "do not include" : "include";
    return `${sayTerm(list, undefined, context)} ${verb} ${sayTerm(item, unit, context)}`;
  }
  const verb = negated ? "is none of" : "is one of";
  return `${sayTerm(item, unit, context)} ${verb} ${sayTerm(list, unit, context)}`;
}
