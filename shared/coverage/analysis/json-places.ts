import { Malformed } from "../../base/malformed.ts";

/** Where something stands in a text: offsets of its first unit and of the one after its last. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Why a text is no JSON, and where; or which field is written twice. */
export class MisplacedJson extends Malformed {
  readonly span: Span;
  constructor(what: string, span: Span) {
    super("pack", what);
    this.span = span;
  }
}

/** Where each value of a JSON text stands, by its path: "rules[2].when". */
export interface JsonPlaces {
  readonly values: ReadonlyMap<string, Span>;
  /** Fields that stand twice in one object: all but the last are lost. */
  readonly repeated: readonly { readonly path: string; readonly span: Span }[];
}

/** How deep brackets may nest: a pack's own form needs eight. */
const maxNesting = 64;
const space = /[ \t\n\r]*/y;
const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const word = /true|false|null/y;
const string = /"(?:[^"\\]|\\.)*"/sy;

/** The places of `text`, read as RFC 8259 has it; throws MisplacedJson at the first thing that is not JSON. */
export function jsonPlaces(text: string): JsonPlaces {
  const values = new Map<string, Span>();
  const repeated: { path: string; span: Span }[] = [];
  let at = 0;

  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  };
  const fail = (what: string): never => {
    throw new MisplacedJson(what, { start: at, end: Math.min(text.length, at + 1) });
  };
  /** The text that a JSON string spells. */
  const quoted = (written: string, start: number): string => {
    try {
      return JSON.parse(written) as string;
    } catch {
      const what = "has a text with a line's end, a control character or a wrong \\ in it";
      throw new MisplacedJson(what, { start, end: at });
    }
  };
  const take = (wanted: string): boolean => {
    match(space);
    if (text[at] !== wanted) return false;
    at += 1;
    return true;
  };

  function list(path: string, depth: number): void {
    if (take("]")) return;
    for (let index = 0; ; index++) {
      value(`${path}[${index}]`, depth);
      if (take("]")) return;
      if (!take(",")) fail("expects , or ] here");
    }
  }

  function object(path: string, depth: number): void {
    const names = new Set<string>();
    if (take("}")) return;
    for (;;) {
      match(space);
      const start = at;
      const written = match(string) ?? fail('expects a field\'s name in "…" here');
      const name = quoted(written, start);
      const inner = path === "" ? name : `${path}.${name}`;
      if (names.has(name)) repeated.push({ path: inner, span: { start, end: at } });
      names.add(name);
      if (!take(":")) fail("expects : here");
      value(inner, depth);
      if (take("}")) return;
      if (!take(",")) fail("expects , or } here");
    }
  }

  function value(path: string, depth: number): void {
    if (depth > maxNesting) fail(`nests deeper than ${maxNesting}`);
    match(space);
    const start = at;
    if (take("{")) object(path, depth + 1);
    else if (take("[")) list(path, depth + 1);
    else if (text[at] === '"') {
      quoted(match(string) ?? fail("has a text that begins here and does not end"), start);
    } else if ((match(number) ?? match(word)) === undefined) {
      fail(at >= text.length ? "ends too early" : "expects a value here");
    }
    values.set(path, { start, end: at });
  }

  value("", 0);
  match(space);
  if (at < text.length) fail("goes on after its end");
  return { values, repeated };
}

/** Line and column, both from 1, of an offset in `text`. */
export function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const start = before.lastIndexOf("\n") + 1;
  return { line: before.split("\n").length, column: [...before.slice(start)].length + 1 };
}

/**
 * Where the units `within` of the value of the JSON string at `span` stand in the text: an escape is one unit of the value and two or six of the
 * text.
 */
export function insideString(text: string, span: Span, within: Span): Span {
  let at = span.start + 1;
  let unit = 0;
  let start: number | undefined;
  while (at < span.end - 1 && unit < within.end) {
    if (unit >= within.start) start ??= at;
    at += text[at] !== "\\" ? 1 : text[at + 1] === "u" ? 6 : 2;
    unit += 1;
  }
  return { start: start ?? at, end: at };
}
