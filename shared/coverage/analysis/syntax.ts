import { parse } from "@bufbuild/cel";
import type { Span } from "./json-places.ts";

/** Why a text is no expression, in an analyst's words, and which part of it. */
export interface SyntaxFault {
  readonly what: string;
  readonly span: Span;
  readonly suggestion?: string;
}

type Fault = Omit<SyntaxFault, "span"> & { readonly at: number; readonly length?: number };

/** Slips that people make, each by how it looks outside quoted text. */
const slips: readonly {
  readonly pattern: RegExp;
  readonly what: string;
  readonly use?: string;
}[] = [
  { pattern: /(?<![=!<>])=(?![=>])/, what: "has a single =, which compares nothing", use: "==" },
  { pattern: /=>/, what: "has =>, which is no comparison", use: ">=" },
  { pattern: /=</, what: "has =<, which is no comparison", use: "<=" },
  { pattern: /<>/, what: "has <>, which is no comparison", use: "!=" },
  { pattern: /===/, what: "has ===, which is no comparison", use: "==" },
  { pattern: /\band\b/i, what: "joins two conditions by a word", use: "&&" },
  { pattern: /\bor\b/i, what: "joins two conditions by a word", use: "||" },
  { pattern: /\bnot\b/i, what: "negates a condition by a word", use: "!" },
  { pattern: /(?<!&)&(?!&)/, what: "has a single &", use: "&&" },
  { pattern: /(?<!\|)\|(?!\|)/, what: "has a single |", use: "||" },
  { pattern: /[0-9],[0-9]{3}\b/, what: "writes a number with a comma: write its digits alone" },
  { pattern: /;/, what: "has a semicolon: an expression is one value, nothing follows it" },
  { pattern: /%(?=\s*($|[)&|,]))/, what: "has a % sign: rates are basis points (5 % is 500)" },
  {
    pattern: /[\u201c\u201d\u2018\u2019\u201e]/,
    what: "has a typographic quotation mark",
    use: '"',
  },
  { pattern: /(==|!=|<=|>=|<|>|&&|\|\||[-+*/?:,])\s*$/, what: "ends where a value should follow" },
  { pattern: /^\s*(==|!=|<=|>=|<|>|&&|\|\||[+*/])/, what: "begins where a value should stand" },
];

/** What is wrong with `source`, which the parser does not read; undefined where it does. */
export function syntaxFault(source: string): SyntaxFault | undefined {
  const error = parseError(source);
  if (error === undefined) return undefined;
  const { at, length = 1, ...fault } = openText(source) ?? bracket(source) ?? slip(source) ?? error;
  const start = Math.min(at, Math.max(0, source.length - 1));
  return {
    ...fault,
    span: { start, end: Math.max(start + 1, Math.min(source.length, at + length)) },
  };
}

function parseError(source: string): Fault | undefined {
  try {
    parse(source);
    return undefined;
  } catch (error) {
    const place = (error as { location?: { start?: { offset?: number } } }).location?.start?.offset;
    return { what: "can't be read from here on", at: place ?? 0 };
  }
}

/** A text in quotes that does not end. */
function openText(source: string): Fault | undefined {
  const at = unquoted(source).search(/["']/);
  return at < 0 ? undefined : { what: "has a text that begins here and does not end", at };
}

/** A bracket without its partner. */
function bracket(source: string): Fault | undefined {
  const open: { sign: string; at: number }[] = [];
  const partner: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };
  for (const [at, sign] of [...unquoted(source)].entries()) {
    if ("([{".includes(sign)) open.push({ sign, at });
    if (!(sign in partner)) continue;
    if (open.pop()?.sign !== partner[sign])
      return { what: `has a ${sign} that closes nothing`, at };
  }
  const last = open.at(-1);
  return last && { what: `has a ${last.sign} that is never closed`, at: last.at };
}

function slip(source: string): Fault | undefined {
  const bare = unquoted(source);
  for (const { pattern, what, use } of slips) {
    const found = pattern.exec(bare);
    if (!found) continue;
    const suggestion = use === undefined ? {} : { suggestion: `write ${use}` };
    return { what, at: found.index, length: found[0].length, ...suggestion };
  }
  return undefined;
}

/** `source` with every whole quoted text blanked, unit by unit, so that places stay. */
const unquoted = (source: string): string =>
  source.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/gs, (text) => "_".repeat(text.length));
