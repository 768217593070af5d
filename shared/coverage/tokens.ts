import { Malformed } from "../base/malformed.ts";

/** One word or sign of an expression, and the UTF-16 unit it starts at. */
export interface Token {
  readonly kind: "name" | "integer" | "text" | "sign";
  readonly text: string;
  readonly at: number;
}

const name = "[A-Za-z_][A-Za-z0-9_]*";
const integer = "0x[0-9A-Fa-f]+|[0-9]+";
const escaped = String.raw`\\(?:[\\'"nrt]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})`;
const quoted = (quote: string): string => `${quote}(?:[^${quote}\\\\\\n\\r]|${escaped})*${quote}`;
const sign = String.raw`&&|\|\||[<>=!]=|[-+*/%<>!?:.,()[\]{}]`;
const pattern = new RegExp(
  `[ \\t\\n\\r]*(?:(?<name>${name})|(?<integer>${integer})|(?<text>${quoted("'")}|${quoted('"')})|(?<sign>${sign})|$)`,
  "y",
);

/**
 * The words and signs of `source`, docs/spec/expression-language.md: fewer than CEL's, so that what a text says does not depend on whose parser reads it.
 * Throws Malformed(where, …) on anything else. Linear: at every place one alternative fits.
 */
export function tokensOf(source: string, where: string): Token[] {
  const tokens: Token[] = [];
  pattern.lastIndex = 0;
  while (pattern.lastIndex < source.length) {
    const from = pattern.lastIndex;
    const groups = pattern.exec(source)?.groups;
    if (!groups) throw new Malformed(where, `can't be read ${placeOf(source, from)}`);
    const kind = (["name", "integer", "text", "sign"] as const).find((each) => groups[each]);
    if (kind === undefined) break;
    const text = groups[kind] ?? "";
    const token = { kind, text, at: pattern.lastIndex - text.length };
    requireApart(tokens.at(-1), token, where);
    tokens.push(token);
  }
  requireOneMinus(tokens, where);
  return tokens;
}

/** Parsers drop two signs in a row, and with them the overflow of −(−2⁶³): a pack has none to drop. */
function requireOneMinus(tokens: readonly Token[], where: string): void {
  let signed = false;
  for (const [index, { text }] of tokens.entries()) {
    const negates = text === "-" && startsHere(tokens[index - 1]);
    if (signed && negates) throw new Malformed(where, "puts a minus sign before a minus sign");
    signed = negates || (signed && text === "(");
  }
}

/** Whether a value starts after `before`, so that a minus there is a sign and no subtraction. */
const startsHere = (before: Token | undefined): boolean =>
  before === undefined ||
  before.text === "in" ||
  (before.kind === "sign" && !")]}".includes(before.text));

/** "from character 7 on"; leading space is passed over. */
function placeOf(source: string, from: number): string {
  const space = /^[ \t\n\r]*/.exec(source.slice(from))?.[0].length ?? 0;
  return `from character ${from + space + 1} on`;
}

/** CEL has comments, raw and triple-quoted texts and names that start at a dot; a pack's language does not. */
function requireApart(before: Token | undefined, token: Token, where: string): void {
  const touches = before !== undefined && before.at + before.text.length === token.at;
  if (touches && before.text === "/" && token.text === "/") {
    throw new Malformed(where, "has a comment, which a pack may not");
  }
  if (touches && token.kind === "text" && before.kind !== "sign") {
    throw new Malformed(where, "has a text of a kind that a pack may not use");
  }
  if (token.text === "." && startsHere(before))
    throw new Malformed(where, "has a name that starts at a dot");
}
