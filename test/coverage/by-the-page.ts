// docs/spec/expression-language.md, and nothing else, as a program: no CEL library and nothing of shared/.

type Value = bigint | boolean | string | readonly Value[] | { readonly [field: string]: Value };
type Result = Value | undefined;
type Names = { readonly [name: string]: Value };
/** A tree: what it gives where these names are in sight; undefined is no result. */
type Node = (names: Names) => Result;

const tokenPattern =
  /\s*([A-Za-z_]\w*|0x[0-9A-Fa-f]+|\d+|'(?:[^'\\]|\\u.{4}|\\U.{8}|\\.)*'|"(?:[^"\\]|\\u.{4}|\\U.{8}|\\.)*"|&&|\|\||[=!<>]=|[-!<>+*/%?:.,()[\]])/y;

/** The value of `source` where `names` are in sight; undefined: no result. */
export function evaluateByThePage(source: string, names: Names): Result {
  const tokens: string[] = [];
  tokenPattern.lastIndex = 0;
  while (source.slice(tokenPattern.lastIndex).trim() !== "") {
    const found = tokenPattern.exec(source);
    if (!found) throw new Error(`not a token: ${source}`);
    tokens.push(found[1] as string);
  }
  const reading = { tokens, at: 0 };
  const node = expression(reading);
  if (reading.at !== tokens.length) throw new Error(`left over: ${source}`);
  return node(names);
}

interface Reading {
  readonly tokens: readonly string[];
  at: number;
}
const peek = (on: Reading): string => on.tokens[on.at] ?? "";
const take = (on: Reading): string => on.tokens[on.at++] ?? "";
function need(on: Reading, token: string): void {
  if (take(on) !== token) throw new Error(`no ${token}`);
}

function expression(on: Reading): Node {
  const condition = chain(on, 0);
  if (peek(on) !== "?") return condition;
  take(on);
  const yes = chain(on, 0);
  need(on, ":");
  const no = expression(on);
  return (names) => {
    const holds = condition(names);
    return holds === undefined ? undefined : (holds ? yes : no)(names);
  };
}

const levels: readonly (readonly string[])[] = [
  ["||"],
  ["&&"],
  ["<", "<=", ">", ">=", "==", "!=", "in"],
  ["+", "-"],
  ["*", "/", "%"],
];

function chain(on: Reading, level: number): Node {
  const operators = levels[level];
  if (!operators) return unary(on);
  let node = chain(on, level + 1);
  while (operators.includes(peek(on))) {
    const operator = take(on);
    const [left, right] = [node, chain(on, level + 1)];
    node = (names) => binary(operator, left(names), right(names));
  }
  return node;
}

const in64 = (value: bigint): Result => (BigInt.asIntN(64, value) === value ? value : undefined);

function binary(operator: string, a: Result, b: Result): Result {
  if (operator === "&&" && (a === false || b === false)) return false;
  if (operator === "||" && (a === true || b === true)) return true;
  if (a === undefined || b === undefined) return undefined;
  if (operator === "&&") return true;
  if (operator === "||") return false;
  if (operator === "==") return a === b;
  if (operator === "!=") return a !== b;
  if (operator === "in") return (b as readonly Value[]).includes(a);
  if ("<>=".includes(operator[0] as string)) {
    const sign =
      typeof a === "string"
        ? Buffer.compare(Buffer.from(a), Buffer.from(b as string))
        : Number((a as bigint) > (b as bigint)) - Number((a as bigint) < (b as bigint));
    return { "<": sign < 0, "<=": sign <= 0, ">": sign > 0, ">=": sign >= 0 }[operator];
  }
  const [left, right] = [a as bigint, b as bigint];
  if (operator === "+") return in64(left + right);
  if (operator === "-") return in64(left - right);
  if (operator === "*") return in64(left * right);
  if (right === 0n) return undefined;
  return in64(operator === "/" ? left / right : left % right);
}

function unary(on: Reading): Node {
  if (peek(on) === "!") {
    take(on);
    const of = unary(on);
    return (names) => {
      const value = of(names);
      return value === undefined ? undefined : !value;
    };
  }
  if (peek(on) !== "-") return member(on);
  take(on);
  if (/^\d/.test(peek(on))) {
    const value = -BigInt(take(on));
    return () => value;
  }
  const of = unary(on);
  return (names) => {
    const value = of(names) as bigint | undefined;
    return value === undefined ? undefined : in64(-value);
  };
}

function member(on: Reading): Node {
  let node = primary(on);
  while (peek(on) === ".") {
    take(on);
    const [of, name] = [node, take(on)];
    if (peek(on) !== "(") {
      node = (names) => (of(names) as Names | undefined)?.[name];
    } else if (name === "startsWith") {
      const [prefix] = argumentsOf(on, ")") as [Node];
      node = (names) => {
        const [text, start] = [of(names), prefix(names)] as (string | undefined)[];
        return text === undefined || start === undefined ? undefined : text.startsWith(start);
      };
    } else {
      node = overItems(on, of, name === "exists" ? "||" : "&&");
    }
  }
  return node;
}

function overItems(on: Reading, list: Node, operator: "||" | "&&"): Node {
  need(on, "(");
  const name = take(on);
  need(on, ",");
  const test = expression(on);
  need(on, ")");
  return (names) => {
    const items = list(names) as readonly Value[] | undefined;
    return items
      ?.map((item) => test({ ...names, [name]: item }))
      .reduce((all: Result, one) => binary(operator, all, one), operator === "&&");
  };
}

/** What stands between a bracket and `close`. */
function argumentsOf(on: Reading, close: string): Node[] {
  take(on);
  const nodes: Node[] = [];
  while (peek(on) !== close) {
    nodes.push(expression(on));
    if (peek(on) === ",") take(on);
  }
  take(on);
  return nodes;
}

const functions: Readonly<Record<string, (...args: never[]) => Result>> = {
  least: (a: bigint, b: bigint) => (a < b ? a : b),
  greatest: (a: bigint, b: bigint) => (a < b ? b : a),
  mulDiv: (a: bigint, b: bigint, c: bigint, rounding: string) => {
    if (c === 0n) return undefined;
    const [n, d] = c < 0n ? [-a * b, -c] : [a * b, c];
    // The floor and what is left above it: 0 ≤ left < d.
    const floor = n >= 0n ? n / d : -((-n + d - 1n) / d);
    const left = n - floor * d;
    if (left === 0n) return in64(floor);
    if (rounding === "down") return in64(n < 0n ? floor + 1n : floor);
    if (rounding === "up") return in64(n < 0n ? floor : floor + 1n);
    const even = floor % 2n === 0n ? floor : floor + 1n;
    return in64(2n * left === d ? even : 2n * left < d ? floor : floor + 1n);
  },
};

function all(nodes: readonly Node[], names: Names): readonly Value[] | undefined {
  const values = nodes.map((node) => node(names));
  return values.includes(undefined) ? undefined : (values as Value[]);
}

function primary(on: Reading): Node {
  if (peek(on) === "[") {
    const items = argumentsOf(on, "]");
    return (names) => all(items, names);
  }
  const token = take(on);
  if (token === "(") {
    const inner = expression(on);
    need(on, ")");
    return inner;
  }
  if (/^\d/.test(token)) return () => BigInt(token.replace(/^0+(?=\d)/, ""));
  if (/^['"]/.test(token)) return () => textOf(token);
  if (token === "true" || token === "false") return () => token === "true";
  const called = peek(on) === "(" ? functions[token] : undefined;
  if (!called) return (names) => names[token];
  const args = argumentsOf(on, ")");
  return (names) => {
    const values = all(args, names);
    return values && called(...(values as never[]));
  };
}

const textOf = (token: string): string =>
  token
    .slice(1, -1)
    .replace(/\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))/g, (_, short, long, letter) => {
      if (letter !== undefined) return { n: "\n", r: "\r", t: "\t" }[letter as string] ?? letter;
      return String.fromCodePoint(Number.parseInt(short ?? long, 16));
    });
