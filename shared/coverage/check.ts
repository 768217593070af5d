import { assert, Malformed, unlessMalformed } from "../base/malformed.ts";
import type { Expr, Parsed, Part } from "./expression-tree.ts";
import { literalType, operatorType, requireRounding } from "./operators.ts";
import { tablesName } from "./scope.ts";
import { type Scope, type Type, typeName } from "./types.ts";

type Value<Case extends Expr["exprKind"]["case"]> = Extract<
  Expr["exprKind"],
  { case: Case }
>["value"];

/** An expression's type, the most steps its evaluation can take, and the tables it names. */
export interface Checked extends Typed {
  readonly tables: readonly string[];
}
interface Typed {
  readonly type: Type;
  readonly steps: number;
}

/** What the walk carries: names in sight, depth, and what the whole expression shares. */
interface Walk {
  readonly where: string;
  readonly parsed: Parsed;
  readonly macroOf: (expr: Expr) => string | undefined;
  readonly scope: Scope;
  readonly depth: number;
  readonly macros: number;
  readonly count: { nodes: number };
  readonly tables: Set<string>;
}

export const maxNodes = 200;
export const maxDepth = 20;
export const maxNestedMacros = 2;

/** The part of an expression that is outside the subset, with the names it could see and what its own parts are. */
export class Misfit extends Malformed {
  readonly parsed: Parsed;
  readonly expr: Part;
  readonly scope: Scope;
  /** The type of a part of `expr`; undefined where that has none. */
  readonly typeOf: (part: Part) => Type | undefined;
  constructor(found: Malformed, expr: Part, walk: Walk) {
    super(found.where, found.message.slice(found.where.length + 2));
    this.parsed = walk.parsed;
    this.expr = expr;
    this.scope = walk.scope;
    this.typeOf = (part) =>
      unlessMalformed(() => typed(part, { ...walk, count: { nodes: 0 }, tables: new Set() }).type);
  }
}

/** Types `parsed` in `scope`; throws Misfit(where, …) on anything outside the subset of docs/spec/expression-language.md. */
export function check(parsed: Parsed, scope: Scope, where: string): Checked {
  const calls = parsed.sourceInfo?.macroCalls ?? {};
  const macroOf = (expr: Expr) => {
    const call = calls[expr.id.toString()]?.exprKind;
    return call?.case === "callExpr" ? call.value.function : undefined;
  };
  const tables = new Set<string>();
  const count = { nodes: 0 };
  const walk = { where, parsed, macroOf, scope, depth: 0, macros: 0, count, tables };
  const found = typed(parsed.expr, walk);
  return { ...found, tables: [...tables] };
}

/** The innermost part that is outside the subset is the one that is said to be. */
function typed(expr: Part, walk: Walk): Typed {
  try {
    return typedHere(expr, walk);
  } catch (error) {
    if (!(error instanceof Malformed) || error instanceof Misfit) throw error;
    throw new Misfit(error, expr, walk);
  }
}

function typedHere(expr: Part, walk: Walk): Typed {
  assert(expr !== undefined, "a parsed expression is whole");
  walk.count.nodes += 1;
  if (walk.count.nodes > maxNodes) throw new Malformed(walk.where, `has over ${maxNodes} nodes`);
  if (walk.depth > maxDepth) throw new Malformed(walk.where, `nests deeper than ${maxDepth}`);
  const inner = { ...walk, depth: walk.depth + 1 };
  const { case: kind, value } = expr.exprKind;
  switch (kind) {
    case "constExpr":
      return { type: literalType(value.constantKind, walk.where), steps: 1 };
    case "identExpr":
      return { type: named(value.name, walk), steps: 1 };
    case "selectExpr":
      return select(value, inner);
    case "listExpr":
      return list(value, inner);
    case "callExpr":
      return call(value, inner);
    case "comprehensionExpr":
      return macro(walk.macroOf(expr), value, inner);
    default:
      throw new Malformed(walk.where, "builds a map or message, which a pack may not");
  }
}

function named(name: string, { scope, where }: Walk): Type {
  const type = scope.get(name);
  if (type === undefined) throw new Malformed(where, `names ${name}, which does not exist`);
  return type;
}

function select(value: Value<"selectExpr">, walk: Walk): Typed {
  if (value.testOnly) throw new Malformed(walk.where, "uses has(), which a pack may not");
  const operand = typed(value.operand, walk);
  const fields =
    typeof operand.type === "object" && "fields" in operand.type ? operand.type.fields : {};
  const type = Object.hasOwn(fields, value.field) ? fields[value.field] : undefined;
  if (type === undefined) {
    throw new Malformed(walk.where, `names field ${value.field}, which does not exist`);
  }
  const of = value.operand?.exprKind;
  if (of?.case === "identExpr" && of.value.name === tablesName) walk.tables.add(value.field);
  return { type, steps: operand.steps + 1 };
}

function list(value: Value<"listExpr">, walk: Walk): Typed {
  const items = value.elements.map((element) => typed(element, walk));
  const first = items[0]?.type;
  if (typeof first !== "string" || items.some((item) => item.type !== first)) {
    throw new Malformed(walk.where, "has a list that is not of one kind of plain value");
  }
  return { type: { list: first, atMost: items.length }, steps: 1 + stepsOf(items) };
}

function call(value: Value<"callExpr">, walk: Walk): Typed {
  const operands = value.target === undefined ? value.args : [value.target, ...value.args];
  const method = value.target !== undefined;
  const args = operands.map((operand) => typed(operand, walk));
  const types = args.map((arg) => arg.type);
  const type = operatorType(value.function, method, types, walk.where);
  requireRounding(value.function, value.args, walk.where);
  const searched = value.function === "@in" ? listOf(types[1], walk).atMost : 0;
  return { type, steps: 1 + searched + stepsOf(args) };
}

/** `list.exists(x, test)` and `list.all(x, test)`: the parser unfolds both into a loop whose step is `@result op test`. */
function macro(name: string | undefined, loop: Value<"comprehensionExpr">, walk: Walk): Typed {
  if (name !== "exists" && name !== "all") {
    throw new Malformed(walk.where, `uses ${name ?? "a loop"}, which a pack may not`);
  }
  if (walk.macros === maxNestedMacros) {
    throw new Malformed(walk.where, `nests more than ${maxNestedMacros} macros`);
  }
  if (walk.scope.has(loop.iterVar)) {
    throw new Malformed(walk.where, `gives the name ${loop.iterVar} a second meaning`);
  }
  const range = typed(loop.iterRange, walk);
  const { list: item, atMost } = listOf(range.type, walk);
  const step = loop.loopStep?.exprKind;
  assert(step?.case === "callExpr" && step.value.args.length === 2, "a macro's step has two terms");
  const scope = new Map(walk.scope).set(loop.iterVar, item);
  const test = typed(step.value.args[1], { ...walk, scope, macros: walk.macros + 1 });
  if (test.type !== "bool") throw new Malformed(walk.where, `tests a ${typeName(test.type)}`);
  return { type: "bool", steps: range.steps + atMost * (test.steps + 4) };
}

function listOf(type: Type | undefined, { where }: Walk) {
  if (typeof type === "object" && "list" in type) return type;
  throw new Malformed(where, "looks for items in something that is not a list");
}

const stepsOf = (parts: readonly Typed[]): number =>
  parts.reduce((total, part) => total + part.steps, 0);
