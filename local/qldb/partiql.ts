import { parseExpression } from "./expression.ts";
import { columnReader, readSources, readTable, tableName } from "./from.ts";
import type { Column, Condition, Expression, Path, Projection, Query } from "./query.ts";
import { badRequest } from "./refusal.ts";
import { Words } from "./words.ts";

/** Service quota. */
const maxStatementChars = 100_000;

/** Reads one statement. Whatever the stub doesn't speak is a BadRequestException that names the construct. */
export function parseQuery(text: string): Query {
  if (text.length > maxStatementChars) {
    throw badRequest(`Statements have at most ${maxStatementChars} characters`);
  }
  const words = new Words(text);
  if (words.take("CREATE")) return words.take("TABLE") ? createTable(words) : createIndex(words);
  if (words.take("DROP")) return dropTable(words);
  if (words.take("INSERT")) return insert(words);
  if (words.take("UPDATE")) return update(words);
  if (words.take("DELETE")) return remove(words);
  if (words.take("SELECT")) return select(words);
  throw words.unsupported();
}

const createTable = (words: Words): Query =>
  words.end({ kind: "create-table", table: tableName(words.name()) });

function createIndex(words: Words): Query {
  words.expect("INDEX", "ON");
  const table = tableName(words.name());
  words.expect("(");
  const field = words.name();
  words.expect(")");
  return words.end({ kind: "create-index", table, field });
}

function dropTable(words: Words): Query {
  words.expect("TABLE");
  return words.end({ kind: "drop-table", table: tableName(words.name()) });
}

function insert(words: Words): Query {
  words.expect("INTO");
  const table = tableName(words.name());
  words.take("VALUE");
  return words.end({ kind: "insert", table, documents: parseExpression(words) });
}

function update(words: Words): Query {
  const { table, names } = readTable(words);
  words.expect("SET");
  const column = columnReader(words, [names]);
  const changes: { path: Path; value: Expression }[] = [];
  do {
    const at = words.next;
    const target = column(words.path());
    if (!("path" in target)) throw badRequest(`The id of a document can't be set: ${at}`);
    words.expect("=");
    changes.push({ path: target.path, value: parseExpression(words) });
  } while (words.take(","));
  return words.end({ kind: "update", table, changes, where: conditions(words, column) });
}

function remove(words: Words): Query {
  words.expect("FROM");
  const { table, names } = readTable(words);
  return words.end({
    kind: "delete",
    table,
    where: conditions(words, columnReader(words, [names])),
  });
}

type ReadColumn = (path: Path) => Column;

function select(words: Words): Query {
  const readProjection = projection(words);
  words.expect("FROM");
  const named = readSources(words);
  const column = columnReader(
    words,
    named.map(({ names }) => names),
  );
  const where = conditions(words, column);
  return words.end({
    kind: "select",
    sources: named.map(({ source }) => source),
    projection: readProjection(column),
    where,
  });
}

/** Reads what stands before FROM; what its names mean is known only after it. */
function projection(words: Words): (column: ReadColumn) => Projection {
  if (words.take("*")) return () => ({ shape: "all" });
  if (words.take("COUNT")) {
    words.expect("(", "*", ")");
    return () => ({ shape: "count" });
  }
  if (words.take("VALUE")) {
    const path = words.path();
    return (column) => ({ shape: "value", column: column(path) });
  }
  const columns: { name: string; path: Path }[] = [];
  do {
    const path = words.path();
    const last = path.findLast((step) => typeof step === "string") ?? "";
    columns.push({ name: words.take("AS") ? words.name() : String(last), path });
  } while (words.take(","));
  return (column) => ({
    shape: "struct",
    columns: columns.map(({ name, path }) => ({ name, column: column(path) })),
  });
}

function conditions(words: Words, column: ReadColumn): Condition[] {
  const all: Condition[] = [];
  if (!words.take("WHERE")) return all;
  do all.push(condition(words, column));
  while (words.take("AND"));
  return all;
}

function condition(words: Words, read: ReadColumn): Condition {
  const column = read(words.path());
  if (words.take("=")) return { column, oneOf: [parseExpression(words)] };
  if (words.take("IS")) {
    const isNull = !words.take("NOT");
    words.expect("NULL");
    return { column, isNull };
  }
  words.expect("IN", "(");
  const oneOf = [parseExpression(words)];
  while (words.take(",")) oneOf.push(parseExpression(words));
  words.expect(")");
  return { column, oneOf };
}
