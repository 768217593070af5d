import { childrenOf, type Parsed, type Part } from "../expression-tree.ts";
import type { Span } from "./json-places.ts";

const name = /[_a-zA-Z][_a-zA-Z0-9]*/y;
const numeral = /-?(?:0x[0-9a-fA-F]+|[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|\.[0-9]+)[uU]?/y;
const quoted =
  /[rRbB]{0,2}(?:"""(?:[^\\]|\\.)*?"""|'''(?:[^\\]|\\.)*?'''|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')/sy;

/** Where `expr` is written in `source`: the parser says where it begins, or where its operator stands. */
export function spanOf(expr: Part, parsed: Parsed, source: string): Span {
  const at = parsed.sourceInfo?.positions[expr?.id.toString() ?? ""] ?? 0;
  const kind = expr?.exprKind;
  const parts = partsOf(expr).map((part) => spanOf(part, parsed, source));
  const own = ownSpan(kind, at, source);
  return {
    start: Math.min(own.start, ...parts.map(({ start }) => start)),
    end: Math.max(own.end, ...parts.map(({ end }) => end)),
  };
}

/** The operands of `expr` that are written in the source; what a macro unfolds to is not. */
export const partsOf = (expr: Part): Part[] => (expr ? childrenOf(expr) : []);

/** `expr` and all its parts, outer ones first. */
export function* nodesOf(expr: Part): Generator<Part> {
  yield expr;
  for (const part of partsOf(expr)) yield* nodesOf(part);
}

function ownSpan(
  kind: NonNullable<Part>["exprKind"] | undefined,
  at: number,
  source: string,
): Span {
  const through = (pattern: RegExp, from = at): Span => {
    pattern.lastIndex = from;
    return { start: at, end: from + (pattern.exec(source)?.[0].length ?? 1) };
  };
  switch (kind?.case) {
    case "constExpr": {
      const long = [quoted, numeral, name].map((pattern) => through(pattern));
      return long.reduce((a, b) => (b.end > a.end ? b : a));
    }
    case "selectExpr":
      return through(name, at + (/^\.\s*/.exec(source.slice(at))?.[0].length ?? 0));
    case "callExpr":
      return /^[_@!-]/.test(kind.value.function)
        ? { start: at, end: at + 1 }
        : { start: at, end: closing(source, source.indexOf("(", at)) };
    case "listExpr":
      return { start: at, end: closing(source, at) };
    case "comprehensionExpr":
      return { start: at, end: closing(source, source.indexOf("(", at)) };
    default:
      return through(name);
  }
}

/** The offset after the bracket that closes the one at `open`; texts in between are skipped. */
function closing(source: string, open: number): number {
  let depth = 0;
  for (let at = Math.max(0, open); at < source.length; at++) {
    quoted.lastIndex = at;
    const text = quoted.exec(source)?.[0];
    if (text !== undefined) at += text.length - 1;
    else if ("([{".includes(source[at] ?? " ")) depth += 1;
    else if (")]}".includes(source[at] ?? " ") && --depth === 0) return at + 1;
  }
  return source.length;
}
