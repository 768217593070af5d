import type { Part } from "../expression-tree.ts";
import { evaluatePossible, operandsOf, pathOf, type World } from "./evaluate-possible.ts";
import { bools, int64, ints, join, meet, type Possible, texts } from "./possible.ts";

/**
 * The claims of `world` for which `expr` is `holds`, as a world that has at least all of them; undefined where there are none. Only what can be
 * told from one value at a time is used: a comparison of two values that both vary narrows each by the other's extremes.
 */
export function assume(expr: Part, holds: boolean, world: World): World | undefined {
  const value = evaluatePossible(expr, world);
  if (value?.kind === "none") return undefined;
  if (value?.kind === "bool" && !(holds ? value.canTrue : value.canFalse)) return undefined;
  const kind = expr?.exprKind;
  if (kind?.case !== "callExpr") return narrow(expr, bools(holds, !holds), world);
  const [a, b, c] = operandsOf(expr);
  switch (kind.value.function) {
    case "!_":
      return assume(a, !holds, world);
    case "_&&_":
      return holds ? both(a, b, true, world) : either(a, b, false, world);
    case "_||_":
      return holds ? either(a, b, true, world) : both(a, b, false, world);
    case "_?_:_":
      return joined([assume(a, true, world), b], [assume(a, false, world), c], (each, branch) =>
        assume(branch, holds, each),
      );
    case "@in":
      return holds ? assumeIn(a, b, world) : world;
    default:
      return compare(kind.value.function, a, b, holds, world);
  }
}

function both(a: Part, b: Part, holds: boolean, world: World): World | undefined {
  const first = assume(a, holds, world);
  const second = first && assume(b, holds, first);
  // What the second told may narrow the first once more.
  return second && assume(a, holds, second);
}

const either = (a: Part, b: Part, holds: boolean, world: World): World | undefined =>
  joinWorlds(assume(a, holds, world), assume(b, holds, world));

function joined<Branch>(
  [first, a]: readonly [World | undefined, Branch],
  [second, b]: readonly [World | undefined, Branch],
  of: (world: World, branch: Branch) => World | undefined,
): World | undefined {
  return joinWorlds(first && of(first, a), second && of(second, b));
}

/** A world with the claims of both. */
export function joinWorlds(a: World | undefined, b: World | undefined): World | undefined {
  if (!a || !b) return a ?? b;
  const out = new Map<string, Possible>();
  for (const [path, possible] of a) {
    const other = b.get(path);
    if (other) out.set(path, join(possible, other));
  }
  return out;
}

function assumeIn(item: Part, range: Part, world: World): World | undefined {
  const list = evaluatePossible(range, world);
  const items = list?.kind === "list" ? list.items : null;
  if (!items || items.length === 0) return world;
  const strings = items.filter((each) => typeof each === "string");
  if (strings.length === items.length) return narrow(item, texts(strings), world);
  const numbers = items.filter((each) => typeof each === "bigint");
  const [low, high] = [numbers, numbers].map((all, at) =>
    all.reduce((x, y) => ((at === 0 ? x < y : x > y) ? x : y)),
  );
  return low === undefined || high === undefined ? world : narrow(item, ints(low, high), world);
}

const negated: Readonly<Record<string, string>> = {
  "_<_": "_>=_",
  "_>=_": "_<_",
  "_>_": "_<=_",
  "_<=_": "_>_",
  "_==_": "_!=_",
  "_!=_": "_==_",
};

function compare(name: string, a: Part, b: Part, holds: boolean, world: World): World | undefined {
  const operator = holds ? name : negated[name];
  const [left, right] = [evaluatePossible(a, world), evaluatePossible(b, world)];
  if (operator === undefined || !left || !right) return world;
  if (operator === "_==_") {
    const first = narrow(a, right, world);
    return first && narrow(b, left, first);
  }
  if (operator === "_!=_") {
    const first = without(a, right, world);
    return first && without(b, left, first);
  }
  if (left.kind !== "int" || right.kind !== "int") return world;
  const strict = operator === "_<_" || operator === "_>_" ? 1n : 0n;
  const below = operator === "_<_" || operator === "_<=_";
  const [low, high] = below ? [left, right] : [right, left];
  const [lower, upper] = below ? [a, b] : [b, a];
  const first = narrow(lower, ints(int64.from, high.to - strict), world);
  return first && narrow(upper, ints(low.from + strict, int64.to), first);
}

/** The claims of `world` for which `expr` comes to something in `to`: of a path itself, and through sums with something fixed. */
function narrow(expr: Part, to: Possible, world: World): World | undefined {
  const path = pathOf(expr);
  const now = path === undefined ? undefined : world.get(path);
  if (path !== undefined && now) {
    const possible = meet(now, to);
    return possible.kind === "none" ? undefined : new Map(world).set(path, possible);
  }
  const kind = expr?.exprKind;
  if (kind?.case !== "callExpr" || to.kind !== "int") return world;
  const [a, b] = operandsOf(expr);
  const [left, right] = [evaluatePossible(a, world), evaluatePossible(b, world)];
  if (left?.kind !== "int" || right?.kind !== "int") return world;
  if (kind.value.function === "_+_") {
    const first = narrow(a, ints(to.from - right.to, to.to - right.from), world);
    return first && narrow(b, ints(to.from - left.to, to.to - left.from), first);
  }
  if (kind.value.function !== "_-_") return world;
  const first = narrow(a, ints(to.from + right.from, to.to + right.to), world);
  return first && narrow(b, ints(left.from - to.to, left.to - to.from), first);
}

/** `expr` is not the one thing that `other` is: narrows a set of texts, a truth value, and the end of a range. */
function without(expr: Part, other: Possible, world: World): World | undefined {
  const now = evaluatePossible(expr, world);
  if (other.kind === "text" && other.only?.size === 1 && now?.kind === "text" && now.only) {
    const { only } = other;
    return narrow(expr, texts([...now.only].filter((text) => !only.has(text))), world);
  }
  if (other.kind === "bool" && other.canTrue !== other.canFalse) {
    return narrow(expr, bools(other.canFalse, other.canTrue), world);
  }
  if (other.kind !== "int" || other.from !== other.to || now?.kind !== "int") return world;
  const from = now.from === other.from ? now.from + 1n : now.from;
  const to = now.to === other.from ? now.to - 1n : now.to;
  return narrow(expr, ints(from, to), world);
}
