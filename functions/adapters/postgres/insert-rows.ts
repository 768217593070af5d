import type { Queryable } from "./pool.ts";

/** A table and the columns that are written, each with its type. */
export interface Target {
  readonly table: string;
  readonly columns: Readonly<Record<string, "text" | "bigint" | "bytea">>;
}

/** Up to so many rows are written as values. More go as one array a column, whose text the server must read twice (measured: a tenth of its work). */
const mostValues = 4;

/** Statements that insert 1, 2, 3 and 4 rows, and one for any number. */
interface Statements {
  readonly values: readonly string[];
  readonly arrays: string;
}

const known = new Map<Target, Statements>();

function statementsOf(target: Target): Statements {
  const found = known.get(target);
  if (found) return found;
  const names = Object.keys(target.columns);
  const into = `INSERT INTO ${target.table} (${names.join(", ")})`;
  const row = (at: number): string =>
    `(${names.map((_, column) => `$${at * names.length + column + 1}`).join(", ")})`;
  const values = Array.from(
    { length: mostValues },
    (_, last) =>
      `${into} VALUES ${Array.from({ length: last + 1 }, (_, at) => row(at)).join(", ")}`,
  );
  const unnested = Object.values(target.columns).map((type, at) => `$${at + 1}::${type}[]`);
  const made = { values, arrays: `${into} SELECT * FROM unnest(${unnested.join(", ")})` };
  known.set(target, made);
  return made;
}

/** Inserts `rows`, each with its values in the order of the target's columns, by one statement; nothing where there are none. */
export async function insertRows(
  on: Queryable,
  target: Target,
  rows: readonly (readonly unknown[])[],
): Promise<void> {
  if (rows.length === 0) return;
  const { values, arrays } = statementsOf(target);
  const few = values[rows.length - 1];
  if (few !== undefined) await on.query(few, rows.flat());
  else {
    const columns = Object.keys(target.columns).map((_, at) => rows.map((row) => row[at]));
    await on.query(arrays, columns);
  }
}
