import { type Day, parseDay } from "../base/day.ts";
import type { Variables } from "./bindings.ts";
import type { CompiledExpression } from "./compiled-expression.ts";
import { inForce } from "./dated.ts";
import { exact } from "./parameters.ts";
import type { Table } from "./table-form.ts";

/** A table ready to be looked up. */
export interface CompiledTable {
  readonly name: string;
  readonly lookUp: (day: Day, variables: Variables) => Found;
}

/** What a table gave for one claim: its key (null where `by` has no result) and its row's value (null where there is no row). */
export interface Found {
  readonly key: bigint | null;
  readonly value: bigint | string | null;
}

/** Binds a table's rows; `by` gives its key. */
export function compileTable(name: string, table: Table, by: CompiledExpression): CompiledTable {
  const froms = table.dated.map(({ from }) => parseDay(from, "from"));
  const rowsOf = table.dated.map(({ rows }) =>
    rows.map(({ from, to, value }) => ({
      from: BigInt(from),
      to: to === null ? null : BigInt(to),
      value: exact(value),
    })),
  );
  return {
    name,
    lookUp: (day, variables) => {
      const key = by.evaluate(variables);
      if (typeof key !== "bigint") return { key: null, value: null };
      const rows = rowsOf[inForce(froms, day)] ?? [];
      const row = rows.find(({ from, to }) => from <= key && (to === null || key < to));
      return { key, value: row?.value ?? null };
    },
  };
}
