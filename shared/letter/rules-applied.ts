import type { Json } from "../base/canonical.ts";
import type { CompiledPack } from "../coverage/compile.ts";
import { namesIn, readCondition, termIn } from "../coverage/conditions.ts";
import { pathOf } from "../coverage/expression-tree.ts";
import { factsBehind } from "../coverage/facts-read.ts";
import type { Pack } from "../coverage/pack.ts";
import type { Table } from "../coverage/table-form.ts";
import { conditionLines } from "./condition-text.ts";
import { wrap } from "./say.ts";
import { type Context, factName, sayValue, unitOf } from "./term-text.ts";

type Rule = Pack["rules"][number];
type Tried = { readonly rule: Rule; readonly when: Json };

/** Every rule tried, in order: the one that decided and each paying one that did not hold with clause and condition, the others by name. */
export function rulesApplied(
  pack: CompiledPack,
  trace: readonly Json[],
  context: Context,
): string[] {
  const tried = triedIn(pack.pack, trace);
  const rules = tried.map(({ rule, when }, index) => {
    const number = `  ${index + 1}. `;
    const head = `${rule.id} (${rule.citation.clause})`;
    const told = when !== false || rule.then !== "REFER";
    if (!told) return wrap(number, `${head}: does not apply.`);
    const instead = rule.exceptionTo === undefined ? "" : ` as an exception to ${rule.exceptionTo}`;
    const verdict =
      when === true ? `applies${instead}` : when === false ? "does not apply" : "cannot be told";
    const lines = [
      wrap(number, `${head}: ${verdict}.`),
      wrap("     ", `"${rule.citation.text}"`),
      ...conditionLines(conditionIn(pack, rule), context).map(({ depth, text }) =>
        wrap(`     ${"  ".repeat(depth)}- `, text),
      ),
    ];
    return lines.join("\n");
  });
  return [...rules, ...tablesRead(trace, context)];
}

/** The rows of tables that the rules read: each by what it was looked up by, its value in the unit the pack gives the table. */
function tablesRead(trace: readonly Json[], context: Context): string[] {
  return trace.flatMap((step) => {
    const { table: name, key, value } = step as Readonly<Record<string, Json>>;
    const table = typeof name === "string" ? context.pack.tables?.[name] : undefined;
    if (!table) return [];
    const expr = termIn(table.by).expr;
    const by = pathOf(expr) === undefined ? "key" : factName(pathOf(expr) ?? "", context.pack);
    const at =
      typeof key === "string"
        ? `${by} ${sayValue(BigInt(key), unitOf(expr, context.pack), context)}`
        : `${by} not known`;
    return [wrap("  - ", `table ${String(name)}, ${at}: ${rowText(table, value, context)}`)];
  });
}

function rowText({ unit }: Table, value: Json | undefined, context: Context): string {
  if (typeof value !== "string") return "no row";
  if (unit === undefined) return value;
  const said = sayValue(BigInt(value), unit, context);
  return unit === "years" ? `${said} ${value === "1" ? "year" : "years"}` : said;
}

/** The rules a trace says were tried, with what each came to. */
export function triedIn({ rules }: Pack, trace: readonly Json[]): Tried[] {
  return trace.flatMap((step) => {
    const { rule: id, when } = step as Readonly<Record<string, Json>>;
    const rule = id === undefined ? undefined : rules.find((each) => each.id === id);
    return rule && when !== undefined ? [{ rule, when }] : [];
  });
}

/** The facts that the rules tried went by; those of rules after the one that decided were not looked at. */
export function factsTried({ pack }: CompiledPack, trace: readonly Json[]): readonly string[] {
  const tried = triedIn(pack, trace);
  const paying = tried.some(({ rule, when }) => when === true && rule.then !== "REFER");
  const expressions = tried.flatMap(({ rule, when }) =>
    when === true && "amount" in rule && rule.amount ? [rule.when, rule.amount] : [rule.when],
  );
  const facts = factsBehind(pack, expressions);
  const limit = "policy.remaining";
  const read = paying || expressions.some((source) => namesIn(source).includes(limit));
  return read ? facts : facts.filter((path) => path !== limit);
}

const conditions = new WeakMap<CompiledPack, Map<string, ReturnType<typeof readCondition>>>();

function conditionIn(pack: CompiledPack, rule: Rule): ReturnType<typeof readCondition> {
  const known = conditions.get(pack) ?? new Map<string, ReturnType<typeof readCondition>>();
  conditions.set(pack, known);
  const condition = known.get(rule.id) ?? readCondition(rule.when);
  known.set(rule.id, condition);
  return condition;
}
