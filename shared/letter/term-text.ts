import type { Variables } from "../coverage/bindings.ts";
import { termOf } from "../coverage/conditions.ts";
import { type Expr, pathOf } from "../coverage/expression-tree.ts";
import type { Pack } from "../coverage/pack.ts";
import { basisFact, factNames, type Unit, wordsOf } from "./names.ts";
import { sayCode, sayDay, sayList, sayMoney, sayPercent } from "./say.ts";

/** What saying a part of a rule takes: the pack, and the facts as its expressions see them. */
export interface Context {
  readonly pack: Pack;
  readonly variables: Variables;
}

/** How an evaluated value of `unit` is said: 18289n as a day is "28 January 2020"; what has no value is "not known". */
export function sayValue(value: unknown, unit: Unit | undefined, { pack }: Context): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") return sayCode(value);
  if (typeof value === "bigint") return sayWhole(value, unit, pack);
  if (typeof value !== "object" || value === null || !(Symbol.iterator in value)) {
    return "not known";
  }
  const items = [...(value as Iterable<unknown>)];
  return sayList(
    items.map((item) => (typeof item === "string" ? sayCode(item) : String(item))),
    "or",
  );
}

const maxDay = 376_199n;
const minDay = -62_091n;

function sayWhole(value: bigint, unit: Unit | undefined, { currency }: Pack): string {
  if (unit === "money") return sayMoney({ minor: value, currency });
  if (unit === "day" && value >= minDay && value <= maxDay) return sayDay(value);
  if (unit === "basis-points") return sayPercent(value);
  return unit === "days" ? `${value} ${value === 1n ? "day" : "days"}` : value.toString();
}

/** What `expr` is, going by the facts in it; undefined where it names none. */
export function unitOf(expr: Expr, pack: Pack): Unit | undefined {
  const path = pathOf(expr);
  if (path === "basisDay") return "day";
  if (path !== undefined) return factNames[path]?.[1] ?? unitOfTable(path, pack);
  const { case: kind, value } = expr.exprKind;
  if (kind !== "callExpr") return undefined;
  const [first, second] = value.args.map((each) => unitOf(each, pack));
  if (value.function === "_-_" && first === "day" && second === "day") return "days";
  return first ?? second;
}

/** What the rows of the table at `t.name` are, where the pack says so. */
function unitOfTable(path: string, { tables }: Pack): Unit | undefined {
  return path.startsWith("t.") ? tables?.[path.slice("t.".length)]?.unit : undefined;
}

/** What a claimant calls the fact at `path`. */
export const factName = (path: string, pack: Pack): string =>
  factNames[path === "basisDay" ? basisFact[pack.dateBasis] : path]?.[0] ??
  wordsOf(path.replace(/^.*\./, ""));

/** A term with its value: "date of first diagnosis (28 January 2020)", "first day of cover plus 90 days (2 June 2019)", "18". */
export function sayTerm(expr: Expr, unit: Unit | undefined, context: Context): string {
  const value = sayValue(termOf(expr).value(context.variables), unit, context);
  const words = wordsFor(expr, unit, context);
  return words === undefined || words === value ? value : `${words} (${value})`;
}

/** The words of a term; undefined for a bare value, as a parameter or literal is one. */
function wordsFor(expr: Expr, unit: Unit | undefined, context: Context): string | undefined {
  const path = pathOf(expr);
  if (path !== undefined) return path.startsWith("p.") ? undefined : factName(path, context.pack);
  const { case: kind, value } = expr.exprKind;
  const [left, right] = kind === "callExpr" ? value.args : [];
  const word = kind === "callExpr" ? { "_+_": "plus", "_-_": "minus" }[value.function] : undefined;
  if (!word || !left || !right) return undefined;
  const each = [left, right].map((side) => {
    const own = unitOf(side, context.pack) ?? (unit === "day" ? "days" : unit);
    return (
      wordsFor(side, own, context) ?? sayValue(termOf(side).value(context.variables), own, context)
    );
  });
  return each.join(` ${word} `);
}
