import { parse } from "@bufbuild/cel";
import { type Evaluate, evaluatorOf } from "./evaluator.ts";
import { childrenOf, type Expr, pathOf, pathsIn } from "./expression-tree.ts";

/** A part of an expression that can be evaluated by itself. */
export interface Term {
  readonly expr: Expr;
  readonly value: Evaluate;
}

/** A condition taken apart at `&&`, `||`, `!` and `? :`; its atoms are what remains. */
export type Condition =
  | { readonly kind: "all" | "any"; readonly of: readonly Condition[] }
  | { readonly kind: "not"; readonly of: Condition }
  | Atom;

/** A comparison of two terms, or a single term that is true or false. */
export interface Atom extends Term {
  readonly kind: "atom";
  readonly comparison?: { readonly op: Comparison; readonly left: Term; readonly right: Term };
}
export type Comparison = "<" | "<=" | ">" | ">=" | "==" | "!=";

const comparisons: Readonly<Record<string, Comparison>> = {
  "_<_": "<",
  "_<=_": "<=",
  "_>_": ">",
  "_>=_": ">=",
  "_==_": "==",
  "_!=_": "!=",
};

const planned = new WeakMap<Expr, Term>();

/** `expr`, a part of a compiled pack's expression, ready to be evaluated by itself. */
export function termOf(expr: Expr): Term {
  const term = planned.get(expr) ?? { expr, value: evaluatorOf(expr) };
  planned.set(expr, term);
  return term;
}

/** The whole of `source`, an expression of a compiled pack, as a term. */
export const termIn = (source: string): Term => termOf(parse(source).expr);

/** The condition that `source`, an expression of a compiled pack, spells. */
export const readCondition = (source: string): Condition => conditionOf(parse(source).expr);

/** How an expression reads its facts: by comparing two terms, and by every name that stands anywhere else. */
export interface Reading {
  readonly comparisons: readonly NonNullable<Atom["comparison"]>[];
  readonly loose: ReadonlySet<string>;
}

/** The comparisons of `source` wherever they stand; what `exists` and `all` name is loose, for it is about each item in turn. */
export function readingOf(source: string): Reading {
  const comparisons: NonNullable<Atom["comparison"]>[] = [];
  const loose = new Set<string>();
  const walk = (expr: Expr): void => {
    const { comparison } = atomOf(expr);
    if (comparison) comparisons.push(comparison);
    else if (expr.exprKind.case === "comprehensionExpr" || pathOf(expr)) pathsIn(expr, loose);
    else for (const child of childrenOf(expr)) walk(child);
  };
  walk(parse(source).expr);
  return { comparisons, loose };
}

const maxKept = 2_000;
const named = new Map<string, readonly string[]>();

/** Every fact and parameter that `source` names. */
export function namesIn(source: string): readonly string[] {
  const known = named.get(source) ?? [...pathsIn(parse(source).expr)];
  if (named.size >= maxKept) named.clear();
  named.set(source, known);
  return known;
}

function conditionOf(expr: Expr): Condition {
  const { case: kind, value } = expr.exprKind;
  if (kind === "callExpr") {
    const [first, second] = value.args;
    if (value.function === "!_" && first) return { kind: "not", of: conditionOf(first) };
    if ((value.function === "_&&_" || value.function === "_||_") && first && second) {
      const kind = value.function === "_&&_" ? "all" : "any";
      return {
        kind,
        of: [first, second]
          .map(conditionOf)
          .flatMap((each) => (each.kind === kind ? each.of : each)),
      };
    }
  }
  return atomOf(expr);
}

function atomOf(expr: Expr): Atom {
  const atom = { kind: "atom", ...termOf(expr) } as const;
  const { case: kind, value } = expr.exprKind;
  const op = kind === "callExpr" ? comparisons[value.function] : undefined;
  const [left, right] = kind === "callExpr" ? value.args : [];
  if (!op || !left || !right) return atom;
  return { ...atom, comparison: { op, left: termOf(left), right: termOf(right) } };
}
