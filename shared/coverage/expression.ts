import { parse } from "@bufbuild/cel";
import { Malformed } from "../base/malformed.ts";
import { type Checked, check } from "./check.ts";
import type { Parsed } from "./expression-tree.ts";
import { type Token, tokensOf } from "./tokens.ts";
import type { Scope } from "./types.ts";

/** An expression that parses, has one type, and takes at most `steps` steps. */
export interface Expression extends Checked {
  readonly parsed: Parsed;
}

const maxBrackets = 16;

/** Parses and checks `source`; anything outside the subset of docs/spec/expression-language.md throws Malformed(where, …). */
export function readExpression(source: string, scope: Scope, where: string): Expression {
  requireShallow(tokensOf(source, where), where);
  const parsed = parseText(source, where);
  return { parsed, ...check(parsed, scope, where) };
}

/** The parser recurses on brackets: the bound keeps it far from the end of the stack (it breaks at about 900). */
function requireShallow(tokens: readonly Token[], where: string): void {
  let depth = 0;
  for (const { text } of tokens) {
    if ("([{".includes(text)) depth += 1;
    if (")]}".includes(text)) depth -= 1;
    if (depth > maxBrackets)
      throw new Malformed(where, `nests brackets deeper than ${maxBrackets}`);
  }
}

/** The parser reports bad syntax as an Error of its own and keeps no state, so whatever it throws is about the text. */
function parseText(source: string, where: string): Parsed {
  try {
    return parse(source);
  } catch {
    throw new Malformed(where, "is not a CEL expression");
  }
}
