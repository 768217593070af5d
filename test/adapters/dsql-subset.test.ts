import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { forDsql } from "../../functions/adapters/postgres/migrate.ts";
import { loadMigrations } from "../../functions/adapters/postgres/migrate-steps.ts";

/**
 * What Aurora DSQL refuses, as far as its user guide says (supported SQL features, data types and subsets, read 2026-11):
 * each rule names the clause, recognises it, and has a statement that it must catch.
 */
const refused: readonly [string, RegExp, string][] = [
  ["trigger", /\bTRIGGER\b/i, "CREATE TRIGGER t BEFORE UPDATE ON entry EXECUTE FUNCTION f()"],
  ["LISTEN/NOTIFY", /^\s*(UN)?LISTEN\b|^\s*NOTIFY\b|\bpg_notify\b/i, "LISTEN outbox"],
  ["array column", /^CREATE TABLE[\s\S]*(\w\s*\[\s*\]|\barray\b)/i, "CREATE TABLE t (a text[])"],
  ["temporary table", /\bTEMP(ORARY)?\s+TABLE\b/i, "CREATE TEMP TABLE t (a text)"],
  ["unlogged table", /\bUNLOGGED\b/i, "CREATE UNLOGGED TABLE t (a text)"],
  ["savepoint", /\bSAVEPOINT\b/i, "ROLLBACK TO SAVEPOINT s"],
  ["serial column", /\b(small|big)?serial\b/i, "CREATE TABLE t (a bigserial)"],
  ["sequence", /\bSEQUENCE\b|\bnextval\b|\bAS IDENTITY\b/i, "SELECT nextval('s')"],
  ["foreign key", /\bREFERENCES\b|\bFOREIGN KEY\b/i, "CREATE TABLE t (a text REFERENCES u)"],
  ["truncate", /\bTRUNCATE\b/i, "TRUNCATE entry"],
  ["row lock other than FOR UPDATE", /\bFOR\s+(NO\s+KEY\s+UPDATE|SHARE)\b/i, "SELECT 1 FOR SHARE"],
  ["skip locked", /\bSKIP\s+LOCKED\b|\bNOWAIT\b/i, "SELECT 1 FOR UPDATE SKIP LOCKED"],
  ["advisory lock", /\bpg_(try_)?advisory/i, "SELECT pg_advisory_xact_lock(1)"],
  ["table lock", /^\s*LOCK\b/i, "LOCK TABLE entry"],
  ["function body", /\bLANGUAGE\s+(?!sql\b)\w+|^\s*DO\s+\$/i, "DO $$ BEGIN END $$"],
  ["extension", /\bEXTENSION\b|\bgen_salt\b|\bdigest\(/i, "CREATE EXTENSION pgcrypto"],
  ["materialized view", /\bMATERIALIZED\s+VIEW\b/i, "CREATE MATERIALIZED VIEW v AS SELECT 1"],
  ["partition", /\bPARTITION\s+(OF|BY\s+(RANGE|LIST|HASH))\b/i, "CREATE TABLE t PARTITION OF u"],
  ["inheritance", /\bINHERITS\b/i, "CREATE TABLE t () INHERITS (u)"],
  ["type", /^\s*CREATE\s+TYPE\b/i, "CREATE TYPE mood AS ENUM ('ok')"],
  ["collation", /\bCOLLATE\b/i, 'SELECT a FROM t ORDER BY a COLLATE "de_DE"'],
  ["create table as", /^CREATE TABLE\s+\w+\s+AS\b/i, "CREATE TABLE t AS SELECT 1"],
  ["exclusion", /\bEXCLUDE\s+USING\b/i, "CREATE TABLE t (EXCLUDE USING gist (a WITH =))"],
  [
    "index kind",
    /\bINDEX\b[\s\S]*\bUSING\s+(gin|gist|hash|brin)\b/i,
    "CREATE INDEX i ON t USING gin (a)",
  ],
  ["index order", /\bINDEX\b[\s\S]*\b(ASC|DESC)\b/i, "CREATE INDEX i ON t (a DESC)"],
  ["concurrently", /\bCONCURRENTLY\b/i, "CREATE INDEX CONCURRENTLY i ON t (a)"],
  [
    "isolation",
    /\bSERIALIZABLE\b|\bREAD\s+(UN)?COMMITTED\b/i,
    "BEGIN ISOLATION LEVEL SERIALIZABLE",
  ],
  ["two-phase commit", /\b(PREPARE\s+TRANSACTION|COMMIT\s+PREPARED)\b/i, "PREPARE TRANSACTION 'x'"],
  ["cursor", /^\s*DECLARE\b[\s\S]*\bCURSOR\b/i, "DECLARE c CURSOR FOR SELECT 1"],
  ["copy", /^\s*COPY\b/i, "COPY entry TO STDOUT"],
  ["vacuum", /^\s*(VACUUM|ALTER SYSTEM|CLUSTER)\b/i, "VACUUM entry"],
];

const faultsOf = (statement: string): string[] =>
  refused.filter(([, pattern]) => pattern.test(statement)).map(([name]) => name);

const definition = /^\s*(CREATE|ALTER|DROP|GRANT|REVOKE)\b/i;
const rowChange = /^\s*(WITH|INSERT|UPDATE|DELETE|SELECT)\b/i;

/** DSQL runs one definition per transaction and never mixes definitions with rows. */
function mixes(step: string): boolean {
  const parts = step.split(";").map((part) => part.trim());
  const definitions = parts.filter((part) => definition.test(part)).length;
  return definitions > 1 || (definitions > 0 && parts.some((part) => rowChange.test(part)));
}

/** Columns of a table by type, from its CREATE TABLE statement. */
function byteColumns(statement: string): { table: string; columns: string[] } | undefined {
  const table = /^CREATE TABLE (?:IF NOT EXISTS )?(\w+)/.exec(statement)?.[1];
  if (table === undefined) return undefined;
  const found = statement.matchAll(/(\w+)\s+(?:bytea|jsonb?|interval|timetz)\b/g);
  return { table, columns: [...found].map((match) => match[1] ?? "") };
}

/** DSQL indexes no bytea, json or interval: neither as a key column nor in a secondary index. */
function unindexable(statements: readonly string[]): string[] {
  const columns = new Map(
    statements.flatMap((statement) => {
      const found = byteColumns(statement);
      return found ? [[found.table, found.columns] as const] : [];
    }),
  );
  return statements.flatMap((statement) => {
    const index = /^CREATE (?:UNIQUE )?INDEX \w+ ON (\w+) \((.*)\)$/s.exec(statement);
    const table = index?.[1] ?? byteColumns(statement)?.table ?? "";
    const keys = index
      ? [index[2] ?? ""]
      : [...statement.matchAll(/(?:PRIMARY KEY|UNIQUE) \(([^)]*)\)/g)].map(
          (match) => match[1] ?? "",
        );
    const named = keys.flatMap((list) => list.split(/,(?![^(]*\))/).map((key) => key.trim()));
    const bad = named.filter((key) => columns.get(table)?.includes(key));
    return bad.map((key) => `${table}.${key}`);
  });
}

const adapters = fileURLToPath(new URL("../../functions/adapters/postgres/", import.meta.url));

/** Every string or template of the adapters that is SQL: it starts with one of SQL's verbs. */
function queriesOf(source: string): string[] {
  const strings = source.matchAll(/`((?:[^`\\]|\\.)*)`|"((?:[^"\\\n]|\\.)*)"/g);
  return [...strings]
    .map((match) => (match[1] ?? match[2] ?? "").trim())
    .filter((text) =>
      /^(WITH|SELECT|INSERT|UPDATE|DELETE|CREATE|BEGIN|COMMIT|ROLLBACK|LOCK|SET|LISTEN|NOTIFY|TRUNCATE|DECLARE|COPY|SAVEPOINT|VACUUM|DO|ALTER|DROP|GRANT)\s/.test(
        text,
      ),
    );
}

const sources = readdirSync(adapters, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .sort();

describe("the dialect is what Aurora DSQL accepts", () => {
  const steps = loadMigrations().flatMap((migration) =>
    migration.steps.map((step) => ({ ...step, where: `${migration.name}: ${step.name}` })),
  );

  test.each(steps)("$where", ({ statement }) => {
    expect(faultsOf(statement)).toEqual([]);
    expect(mixes(statement)).toBe(false);
  });

  test("no key or index holds a type that DSQL does not index", () => {
    expect(unindexable(steps.map((step) => step.statement))).toEqual([]);
  });

  test("indexes are built in the background there, and only there", () => {
    const indexes = steps.filter(({ statement }) => /^CREATE (UNIQUE )?INDEX/.test(statement));
    expect(indexes.length).toBeGreaterThan(0);
    for (const { statement } of indexes) {
      expect(statement).not.toMatch(/ASYNC/);
      expect(forDsql(statement)).toMatch(/^CREATE (UNIQUE )?INDEX ASYNC \w/);
    }
  });

  test.each(sources)("every query of %s", (file) => {
    for (const query of queriesOf(readFileSync(join(adapters, file), "utf8"))) {
      expect({ query, faults: faultsOf(query) }).toEqual({ query, faults: [] });
    }
  });
});

describe("what it refuses is caught", () => {
  test.each(refused)("%s", (name, _, statement) => {
    expect(faultsOf(statement)).toContain(name);
  });

  test("two definitions, or a definition and rows, in one step", () => {
    expect(mixes("CREATE TABLE a (x text); CREATE TABLE b (x text)")).toBe(true);
    expect(mixes("CREATE TABLE a (x text); INSERT INTO a VALUES ('')")).toBe(true);
    expect(mixes("CREATE TABLE a (x text);")).toBe(false);
  });

  test("bytes as a key, in an index, or unique; an expression over them is fine", () => {
    const table = "CREATE TABLE t (a text, h bytea NOT NULL, PRIMARY KEY (a))";
    expect(unindexable([table, "CREATE INDEX i ON t (h)"])).toEqual(["t.h"]);
    expect(unindexable([table, "CREATE INDEX i ON t (a, h)"])).toEqual(["t.h"]);
    expect(unindexable(["CREATE TABLE t (h bytea, PRIMARY KEY (h))"])).toEqual(["t.h"]);
    expect(unindexable(["CREATE TABLE t (h bytea, UNIQUE (h))"])).toEqual(["t.h"]);
    expect(unindexable([table, "CREATE INDEX i ON t (encode(h, 'hex'))"])).toEqual([]);
  });

  test("arrays are refused as columns only: as parameters they are query runtime types", () => {
    expect(faultsOf("INSERT INTO entry SELECT * FROM unnest($1::text[], $2::bytea[])")).toEqual([]);
    expect(faultsOf("DELETE FROM outbox WHERE event_id = ANY($1::text[])")).toEqual([]);
    expect(faultsOf("CREATE TABLE t (a text, b bytea[])")).toEqual(["array column"]);
  });

  test("SQL in a template, in a string and in an array is found in a source", () => {
    const source =
      'const a = `\n  SELECT 1 FOR SHARE`; const b = ["LISTEN x"]; const c = "Selected";';
    expect(queriesOf(source)).toEqual(["SELECT 1 FOR SHARE", "LISTEN x"]);
  });
});
