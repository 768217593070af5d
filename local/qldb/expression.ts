import { dom, IonTypes, load } from "ion-js";
import { Malformed } from "../../shared/base/malformed.ts";
import { type IonValue, readIon } from "../../shared/qldb/ion.ts";
import type { Expression } from "./query.ts";
import { badRequest } from "./refusal.ts";
import type { Words } from "./words.ts";

const maxDepth = 20;

/** Reads a value: `?`, `'text'`, a number, TRUE, FALSE, NULL, Ion between backticks, `{'name': value}`, `[value]`, `<<value>>`. Throws Refusal. */
export function parseExpression(words: Words, depth = 0): Expression {
  if (depth > maxDepth) throw badRequest(`Values nest at most ${maxDepth} deep`);
  const parameter = words.parameter();
  if (parameter !== undefined) return { parameter };
  const literal = parseLiteral(words);
  if (literal !== undefined) return { literal };
  if (words.take("{")) return { fields: parseFields(words, depth) };
  if (words.take("[")) return { elements: parseElements(words, "]", depth) };
  if (words.take("<<")) return { elements: parseElements(words, ">>", depth) };
  throw words.unsupported();
}

function parseLiteral(words: Words): IonValue | undefined {
  const text = words.between("'");
  if (text !== undefined) return dom.Value.from(text);
  if (words.take("TRUE")) return dom.Value.from(true);
  if (words.take("FALSE")) return dom.Value.from(false);
  const ion = words.between("`") ?? words.number() ?? (words.take("NULL") ? "null" : undefined);
  return ion === undefined ? undefined : ofText(ion);
}

function ofText(ion: string): IonValue {
  try {
    return readIon(ion, ion);
  } catch (error) {
    if (error instanceof Malformed) throw badRequest(error.message);
    throw error;
  }
}

function parseFields(words: Words, depth: number): [string, Expression][] {
  const fields: [string, Expression][] = [];
  if (words.take("}")) return fields;
  do {
    const name = words.between("'");
    if (name === undefined) throw words.unsupported();
    words.expect(":");
    fields.push([name, parseExpression(words, depth + 1)]);
  } while (words.take(","));
  words.expect("}");
  return fields;
}

function parseElements(words: Words, close: string, depth: number): Expression[] {
  const elements: Expression[] = [];
  if (words.take(close)) return elements;
  do elements.push(parseExpression(words, depth + 1));
  while (words.take(","));
  words.expect(close);
  return elements;
}

/** The value of an expression with these parameters. Throws Refusal where a parameter is no Ion value. */
export function evaluate(expression: Expression, parameters: readonly Uint8Array[]): IonValue {
  if ("literal" in expression) return expression.literal;
  if ("parameter" in expression) return readParameter(parameters[expression.parameter]);
  if ("elements" in expression) {
    return dom.Value.from(expression.elements.map((each) => evaluate(each, parameters)));
  }
  const fields = expression.fields.map(([name, each]) => [name, evaluate(each, parameters)]);
  return dom.Value.from(Object.fromEntries(fields));
}

/** The documents that an INSERT's value stands for: one struct, or a list of them. Throws Refusal. */
export function documentsOf(value: IonValue): IonValue[] {
  const documents =
    value.getType() === IonTypes.LIST && !value.isNull() ? value.elements() : [value];
  if (documents.some((document) => document.getType() !== IonTypes.STRUCT || document.isNull())) {
    throw badRequest("INSERT takes a struct or a list of structs");
  }
  return documents;
}

function readParameter(parameter: Uint8Array | undefined): IonValue {
  const value = parameter === undefined ? null : load(parameter);
  if (value === null) throw badRequest("A parameter is not an Ion value");
  return value;
}
