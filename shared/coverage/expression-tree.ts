import type { parse } from "@bufbuild/cel";

/** What the CEL parser gives. */
export type Parsed = ReturnType<typeof parse>;

/** One node of a parsed expression. */
export type Expr = Parsed["expr"];

/** The expressions directly inside `expr`, in the order written; of `exists` and `all` the list and the test. */
export function childrenOf({ exprKind: { case: kind, value } }: Expr): Expr[] {
  const parts = (list: readonly (Expr | undefined)[]): Expr[] =>
    list.filter((each) => each !== undefined);
  switch (kind) {
    case "selectExpr":
      return parts([value.operand]);
    case "listExpr":
      return value.elements;
    case "callExpr":
      return parts([value.target, ...value.args]);
    case "comprehensionExpr": {
      const step = value.loopStep?.exprKind;
      return parts([value.iterRange, step?.case === "callExpr" ? step.value.args[1] : undefined]);
    }
    default:
      return [];
  }
}

/** "claim.lossDay" of a fact or parameter that `expr` reads whole; undefined for any other expression. */
export function pathOf({ exprKind: { case: kind, value } }: Expr): string | undefined {
  if (kind === "identExpr") return value.name;
  if (kind !== "selectExpr") return undefined;
  const owner = value.operand?.exprKind;
  return owner?.case === "identExpr" ? `${owner.value.name}.${value.field}` : undefined;
}

/** Every fact and parameter `expr` names. */
export function pathsIn(expr: Expr, found: Set<string> = new Set()): Set<string> {
  const path = pathOf(expr);
  if (path !== undefined) return found.add(path);
  for (const child of childrenOf(expr)) pathsIn(child, found);
  return found;
}

/** A part of an expression, where the parser's type leaves open that it may be missing. */
export type Part = Expr | undefined;
