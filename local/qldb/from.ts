import type { Column, Path, Source } from "./query.ts";
import { badRequest } from "./refusal.ts";
import type { Words } from "./words.ts";

/** How a statement may call a source, and, with BY, the id of its documents. */
export interface Names {
  readonly alias: string;
  readonly by: string | undefined;
}

const committedPrefix = "_ql_committed_";

/** At most so many sources are joined: what the driver's own tests ask for, and a row of each multiplies. */
const maxSources = 6;

/** The sources of a SELECT, from left to right. Throws Refusal. */
export function readSources(words: Words): { source: Source; names: Names }[] {
  const all: { source: Source; names: Names }[] = [];
  do {
    const source = readSource(words);
    all.push({ source, names: readNames(words, source.table) });
  } while (words.take(","));
  if (all.length > maxSources) throw badRequest(`At most ${maxSources} sources are joined`);
  return all;
}

/** The table an UPDATE or DELETE is about. Throws Refusal. */
export function readTable(words: Words): { table: string; names: Names } {
  const table = tableName(words.name());
  return { table, names: readNames(words, table) };
}

/** A table's name as the service takes it. Throws Refusal. */
export function tableName(name: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name)) throw badRequest(`Invalid table name: ${name}`);
  return name;
}

/** Says of a path which source's value it means. With several sources its first name must be one of theirs. */
export function columnReader(words: Words, sources: readonly Names[]): (path: Path) => Column {
  return (path) => {
    const [first, ...rest] = path;
    const byId = sources.findIndex(({ by }) => by !== undefined && by === first);
    if (byId >= 0 && rest.length === 0) return { source: byId, documentId: true };
    const named = sources.findIndex(({ alias }) => alias === first);
    if (named >= 0 && rest.length > 0) return { source: named, path: rest };
    if (sources.length > 1) throw words.unsupported();
    return { source: 0, path };
  };
}

function readNames(words: Words, table: string): Names {
  const alias = words.take("AS") ? words.name() : table;
  return { alias, by: words.take("BY") ? words.name() : undefined };
}

function readSource(words: Words): Source {
  const path = words.path();
  const [name, second] = path;
  if (name === "information_schema" && second === "user_tables" && path.length === 2) {
    return { view: "catalog", table: "" };
  }
  if (path.length > 1) throw words.unsupported();
  if (name.toLowerCase() === "history" && words.take("(")) {
    const table = tableName(words.name());
    words.expect(")");
    return { view: "history", table };
  }
  return name.startsWith(committedPrefix)
    ? { view: "committed", table: tableName(name.slice(committedPrefix.length)) }
    : { view: "user", table: tableName(name) };
}
