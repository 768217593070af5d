import { type Part, pathOf as pathOfExpr } from "../expression-tree.ts";
import { possibleInts, possibleOrder } from "./arithmetic.ts";
import {
  anyBool,
  anyInt,
  anyText,
  bools,
  ints,
  join,
  none,
  onlyValue,
  type Possible,
  texts,
} from "./possible.ts";

/** What is possible for each value a rule can read, by its path: "claim.claimed". A path that is not in it can be anything. */
export type World = ReadonlyMap<string, Possible>;

/** "claim.claimed" where `expr` reads that; undefined where it is something else. */
export const pathOf = (expr: Part): string | undefined => expr && pathOfExpr(expr);

/** What `expr` can come to in `world`: at least everything it does come to in some claim of it. */
export function evaluatePossible(expr: Part, world: World): Possible | undefined {
  const kind = expr?.exprKind;
  switch (kind?.case) {
    case "constExpr":
      return literal(kind.value.constantKind);
    case "identExpr":
    case "selectExpr": {
      const path = pathOf(expr);
      return path === undefined ? undefined : world.get(path);
    }
    case "listExpr":
      return list(kind.value.elements.map((element) => evaluatePossible(element, world)));
    case "callExpr":
      return call(kind.value.function, operandsOf(expr), world);
    case "comprehensionExpr":
      return anyBool;
    default:
      return undefined;
  }
}

/** The operands of a call, its target first. */
export function operandsOf(expr: Part): Part[] {
  const kind = expr?.exprKind;
  if (kind?.case !== "callExpr") return [];
  return [...(kind.value.target ? [kind.value.target] : []), ...kind.value.args];
}

function literal(constant: { case?: string | undefined; value?: unknown }): Possible | undefined {
  const { value } = constant;
  if (typeof value === "bigint") return ints(value, value);
  if (typeof value === "boolean") return bools(value, !value);
  return typeof value === "string" ? texts([value]) : undefined;
}

function list(items: readonly (Possible | undefined)[]): Possible {
  const values = items.map((item) => item && onlyValue(item));
  const known = values.filter((value) => typeof value === "string" || typeof value === "bigint");
  return { kind: "list", items: known.length === items.length ? known : null };
}

function call(name: string, operands: readonly Part[], world: World): Possible | undefined {
  const args = operands.map((operand) => evaluatePossible(operand, world));
  const [a, b, c] = args;
  if (name === "_&&_" || name === "_||_" || name === "!_") return logic(name, a, b);
  if (name === "_?_:_") return choice(a, b, c);
  if (args.some((arg) => arg?.kind === "none")) return none;
  if (name === "@in") return found(a, b);
  if (a?.kind === "int" && name === "-_") return ints(-a.to, -a.from);
  if (a?.kind === "int" && b?.kind === "int" && args.length === 2) {
    const number = possibleInts(name, a, b);
    if (number) return number;
    const { yes, no } = possibleOrder(name, a, b);
    return bools(yes, no);
  }
  return otherCall(name, a, b);
}

/** The branch that is not chosen may have no result. */
function choice(
  a: Possible | undefined,
  b: Possible | undefined,
  c: Possible | undefined,
): Possible | undefined {
  if (a?.kind === "none") return none;
  const { canTrue, canFalse } = truth(a);
  if (canTrue && canFalse) return b && c && join(b, c);
  return canTrue ? b : c;
}

const numeric = new Set(["_+_", "_-_", "_*_", "_/_", "_%_", "-_", "least", "greatest", "mulDiv"]);

function otherCall(
  name: string,
  a: Possible | undefined,
  b: Possible | undefined,
): Possible | undefined {
  if (numeric.has(name)) return anyInt;
  if (name !== "_==_" && name !== "_!=_") return name === "startsWith" ? starts(a, b) : anyBool;
  const [one, other] = [a && onlyValue(a), b && onlyValue(b)];
  const same = one !== undefined && other !== undefined ? one === other : undefined;
  const apart = disjoint(a, b) || same === false;
  const equal = bools(!apart, same !== true);
  return name === "_==_" || equal.kind !== "bool" ? equal : bools(equal.canFalse, equal.canTrue);
}

/** A side that settles it needs no other: `false && x` is false even where x has no result. */
function logic(name: string, a: Possible | undefined, b: Possible | undefined): Possible {
  const [left, right] = [truth(a), truth(b)];
  if (name === "!_") return bools(left.canFalse, left.canTrue);
  return name === "_&&_"
    ? bools(left.canTrue && right.canTrue, left.canFalse || right.canFalse)
    : bools(left.canTrue || right.canTrue, left.canFalse && right.canFalse);
}

function truth(possible: Possible | undefined): { canTrue: boolean; canFalse: boolean } {
  if (possible?.kind === "none") return { canTrue: false, canFalse: false };
  return possible?.kind === "bool" ? possible : { canTrue: true, canFalse: true };
}

function found(item: Possible | undefined, range: Possible | undefined): Possible {
  const items = range?.kind === "list" ? range.items : null;
  if (!items || !item) return anyBool;
  const value = onlyValue(item);
  if (value !== undefined) {
    const there = items.includes(value as string | bigint);
    return bools(there, !there);
  }
  return bools(
    items.some((each) => may(item, each)),
    true,
  );
}

/** Whether `possible` can be `value`. */
export function may(possible: Possible, value: string | bigint): boolean {
  if (possible.kind === "int") {
    return typeof value === "bigint" && value >= possible.from && value <= possible.to;
  }
  if (possible.kind === "text") {
    return typeof value === "string" && (possible.only?.has(value) ?? true);
  }
  return possible.kind !== "none";
}

function starts(a: Possible | undefined, b: Possible | undefined): Possible {
  const beginning = b && onlyValue(b);
  if (a?.kind !== "text" || a.only === null || typeof beginning !== "string") return anyBool;
  const all = [...a.only];
  return bools(
    all.some((text) => text.startsWith(beginning)),
    all.some((text) => !text.startsWith(beginning)),
  );
}

function disjoint(a: Possible | undefined, b: Possible | undefined): boolean {
  if (a?.kind !== "text" || b?.kind !== "text" || !a.only || !b.only) return false;
  const { only } = b;
  return ![...a.only].some((text) => only.has(text));
}

/** Any value of a type by its name. */
export const anyOf = (type: unknown): Possible =>
  type === "int"
    ? anyInt
    : type === "bool"
      ? anyBool
      : type === "string"
        ? anyText
        : {
            kind: typeof type === "object" && type && "list" in type ? "list" : "record",
            items: null,
          };
