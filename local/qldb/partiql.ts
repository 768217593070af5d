import { badRequest } from "./refusal.ts";

/** Where a SELECT looks: a table's documents, their committed form (blockAddress, hash, data, metadata), or the catalog. */
export interface Source {
  readonly view: "user" | "committed" | "catalog";
  readonly table: string;
}

/** What a field is compared with: a parameter, by its place among the statement's question marks, or a string. */
export type Operand = { readonly parameter: number } | { readonly text: string };

/** One condition: the value at a field path is one of these. */
export interface Condition {
  readonly path: readonly string[];
  readonly oneOf: readonly Operand[];
}

/** What a SELECT shows of each document. */
export type Projection =
  | { readonly shape: "all" }
  | { readonly shape: "value"; readonly path: readonly string[] }
  | { readonly shape: "struct"; readonly columns: readonly { name: string; path: string[] }[] };

/** The PartiQL this stub speaks; `parameters` says how many question marks the text has. */
export type Query = { readonly parameters: number } & (
  | { readonly kind: "create-table"; readonly table: string }
  | { readonly kind: "create-index"; readonly table: string; readonly field: string }
  | { readonly kind: "insert"; readonly table: string }
  | {
      readonly kind: "select";
      readonly source: Source;
      readonly projection: Projection;
      readonly where: Condition | undefined;
    }
);

/** Reads one statement. Whatever the stub doesn't speak is a BadRequestException that names the construct. */
export function parseQuery(text: string): Query {
  const words = new Words(text);
  if (words.take("CREATE")) return words.take("TABLE") ? createTable(words) : createIndex(words);
  if (words.take("INSERT")) return insert(words);
  if (words.take("SELECT")) return select(words);
  throw words.unsupported();
}

function createTable(words: Words): Query {
  const table = tableName(words.name());
  return words.end({ kind: "create-table", table });
}

function createIndex(words: Words): Query {
  words.expect("INDEX", "ON");
  const table = tableName(words.name());
  words.expect("(");
  const field = words.name();
  words.expect(")");
  return words.end({ kind: "create-index", table, field });
}

function insert(words: Words): Query {
  words.expect("INTO");
  const table = tableName(words.name());
  words.expect("?");
  return words.end({ kind: "insert", table });
}

function select(words: Words): Query {
  const readProjection = projection(words);
  words.expect("FROM");
  const source = readSource(words);
  const alias = words.take("AS") ? words.name() : undefined;
  const local = (path: string[]) => (path.length > 1 && path[0] === alias ? path.slice(1) : path);
  const where = words.take("WHERE") ? condition(words, local) : undefined;
  return words.end({ kind: "select", source, projection: readProjection(local), where });
}

type Local = (path: string[]) => string[];

function projection(words: Words): (local: Local) => Projection {
  if (words.take("*")) return () => ({ shape: "all" });
  if (words.take("VALUE")) {
    const path = words.path();
    return (local) => ({ shape: "value", path: local(path) });
  }
  const columns: { name: string; path: string[] }[] = [];
  do {
    const path = words.path();
    columns.push({ name: words.take("AS") ? words.name() : (path.at(-1) ?? ""), path });
  } while (words.take(","));
  return (local) => ({
    shape: "struct",
    columns: columns.map(({ name, path }) => ({ name, path: local(path) })),
  });
}

const committedPrefix = "_ql_committed_";

function readSource(words: Words): Source {
  const path = words.path();
  const [name = "", second] = path;
  if (name === "information_schema" && second === "user_tables" && path.length === 2) {
    return { view: "catalog", table: "" };
  }
  if (path.length > 1) throw words.unsupported();
  return name.startsWith(committedPrefix)
    ? { view: "committed", table: tableName(name.slice(committedPrefix.length)) }
    : { view: "user", table: tableName(name) };
}

function condition(words: Words, local: Local): Condition {
  const path = local(words.path());
  let parameters = 0;
  const operand = (): Operand => {
    const text = words.string();
    if (text !== undefined) return { text };
    words.expect("?");
    return { parameter: parameters++ };
  };
  if (words.take("=")) return { path, oneOf: [operand()] };
  words.expect("IN", "(");
  const oneOf = [operand()];
  while (words.take(",")) oneOf.push(operand());
  words.expect(")");
  return { path, oneOf };
}

function tableName(name: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name)) throw badRequest(`Invalid table name: ${name}`);
  return name;
}

/** The tokens of a statement, read from left to right. */
class Words {
  readonly #tokens: string[];
  readonly #parameters: number;
  #at = 0;

  constructor(text: string) {
    this.#tokens = text.match(/"[^"]*"|'(?:[^']|'')*'|[A-Za-z_$][A-Za-z0-9_$]*|[^\s]/g) ?? [];
    this.#parameters = this.#tokens.filter((token) => token === "?").length;
  }

  take(word: string): boolean {
    if (this.#tokens[this.#at]?.toUpperCase() !== word) return false;
    this.#at++;
    return true;
  }

  expect(...words: string[]): void {
    for (const word of words) if (!this.take(word)) throw this.unsupported();
  }

  name(): string {
    const token = this.#tokens[this.#at] ?? "";
    if (!/^(?:"[^"]+"|[A-Za-z_$][A-Za-z0-9_$]*)$/.test(token)) throw this.unsupported();
    this.#at++;
    return token.replaceAll('"', "");
  }

  /** The text of a string literal, if one comes next. */
  string(): string | undefined {
    const token = this.#tokens[this.#at] ?? "";
    if (!token.startsWith("'") || token.length < 2) return undefined;
    this.#at++;
    return token.slice(1, -1).replaceAll("''", "'");
  }

  path(): string[] {
    const path = [this.name()];
    while (this.take(".")) path.push(this.name());
    return path;
  }

  end<Q extends object>(query: Q): Q & { parameters: number } {
    if (this.#at < this.#tokens.length) throw this.unsupported();
    return { ...query, parameters: this.#parameters };
  }

  unsupported(): Error {
    const token = this.#tokens[this.#at];
    const before = this.#tokens.slice(Math.max(0, this.#at - 3), this.#at).join(" ");
    return badRequest(
      token === undefined
        ? "The statement ends too early"
        : `Not spoken by this stub: ${token}${before === "" ? "" : ` after ${before}`}`,
    );
  }
}
