import { Malformed } from "../../base/malformed.ts";
import { Misfit } from "../check.ts";
import { type Expression, readExpression } from "../expression.ts";
import { type Scope, type Type, typeName } from "../types.ts";
import { pathOf } from "./evaluate-possible.ts";
import { nearest } from "./nearest.ts";
import { errorAt, type Unplaced } from "./pack-finding.ts";
import { spanOf } from "./span.ts";
import { syntaxFault } from "./syntax.ts";

/** What is wrong with one expression of a pack, or the expression, read. */
export function readOrFind(
  source: string,
  type: "bool" | "int" | "string",
  scope: Scope,
  where: string,
): Expression | Unplaced {
  try {
    const read = readExpression(source, scope, where);
    if (read.type === type) return read;
    const message = `is ${spoken(read.type)} where ${spoken(type)} is needed`;
    return errorAt("expression", where, message, { help: typeHelp(read.type, type) });
  } catch (error) {
    if (error instanceof Misfit) return misfit(error, source, where);
    if (!(error instanceof Malformed)) throw error;
    const fault = syntaxFault(source);
    if (!fault) return errorAt("expression", where, saysOf(error));
    const { what, span, suggestion } = fault;
    return errorAt("expression", where, what, { within: span, help: suggestion ?? null });
  }
}

export const isFinding = (read: Expression | Unplaced): read is Unplaced => "severity" in read;

function misfit(error: Misfit, source: string, where: string): Unplaced {
  const whole = spanOf(error.expr, error.parsed, source);
  const kind = error.expr?.exprKind;
  const said = saysOf(error);
  // Of a path only the part that does not exist is underlined.
  const field = kind?.case === "selectExpr" ? kind.value.field : undefined;
  const within = field === undefined ? whole : { start: whole.end - field.length, end: whole.end };
  const [message, help] = inWords(said);
  const meant = meantName(error);
  return errorAt("expression", where, message, {
    within,
    help: meant ? `did you mean ${meant}?` : help,
  });
}

/** The name in sight that an unknown one most likely means. */
function meantName({ expr, scope, typeOf }: Misfit): string | undefined {
  const kind = expr?.exprKind;
  if (kind?.case === "identExpr") {
    const near = nearest(kind.value.name, [...scope.keys()]);
    return near ?? homeOf(kind.value.name, scope);
  }
  if (kind?.case === "selectExpr") {
    const operand = typeOf(kind.value.operand);
    const owner = pathOf(kind.value.operand);
    const near = nearest(kind.value.field, fieldsOf(operand));
    if (near !== undefined) return owner === undefined ? near : `${owner}.${near}`;
    return homeOf(kind.value.field, scope);
  }
  return kind?.case === "callExpr" ? nearest(kind.value.function, functions) : undefined;
}

const functions = ["startsWith", "exists", "all", "mulDiv", "least", "greatest"];

const fieldsOf = (type: Type | undefined): string[] =>
  typeof type === "object" && "fields" in type ? Object.keys(type.fields) : [];

/** The path of a fact or parameter that is called exactly `name`: `limit` is `policy.limit`. */
function homeOf(name: string, scope: Scope): string | undefined {
  for (const [owner, type] of scope) {
    const field = fieldsOf(type).find((each) => each.toLowerCase() === name.toLowerCase());
    if (field !== undefined) return `${owner}.${field}`;
  }
  return undefined;
}

const saysOf = (error: Malformed): string => error.message.slice(error.where.length + 2);

const spoken = (type: Type): string => {
  if (type === "bool") return "a condition (true or false)";
  if (type === "int") return "a whole number";
  return type === "string" ? "a text" : `a ${typeName(type)}`;
};

const typeHelp = (is: Type, needed: string): string | null =>
  is === "int" && needed === "bool" ? "compare it with something: … > 0" : null;

/** What the compiler says, by what it begins with, in an analyst's words, with what to do. */
const phrases: readonly (readonly [RegExp, string, string])[] = [
  [
    /^has a literal that/,
    "has a number with a decimal point, or another value a pack can't hold",
    "write amounts in minor units (12.50 is 1250) and rates in basis points (7.5 % is 750)",
  ],
  [/^has an integer beyond/, "has a number beyond 64 bits", "use at most 18 digits"],
  [
    /^uses has\(\)/,
    "uses has(), which a pack may not",
    "read the fact that says so: claim.hasContracted, claim.hasDiagnosisDay, policy.hasLimit, insured.hasBirthDay",
  ],
  [
    /^uses (map|filter|exists_one|a loop)/,
    "loops in a way a pack may not",
    "only list.exists(x, test) and list.all(x, test) look through a list: the work stays bounded",
  ],
  [
    /^nests more than/,
    "looks through lists inside lists more than twice",
    "at most two nested loops: the work of a decision stays bounded",
  ],
  [
    /^applies (double|int|uint|string|bool|bytes|dyn|type|timestamp|duration)\b/,
    "converts a value, which a pack may not",
    "values keep their type; dates are whole days, amounts whole minor units",
  ],
  [/^applies matches/, "uses a pattern", "use startsWith, in, or compare texts: no patterns"],
  [
    /^applies (now|today)/,
    "asks the clock",
    "there is no clock: use basisDay, claim.lossDay, claim.noticeDay",
  ],
];

function inWords(said: string): readonly [string, string | null] {
  const known = phrases.find(([pattern]) => pattern.test(said));
  if (known) return [known[1], known[2]];
  return [
    said.replace(/\b_(?:\?_:|([^_\s]+))_/g, (_, sign) => sign ?? "? :").replace("@in", "in"),
    null,
  ];
}
