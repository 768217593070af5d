import type { Pack } from "./pack.ts";
import { type Parameter, valuesOf } from "./parameter-form.ts";
import type { Table } from "./table-form.ts";
import { factTypes, type Scalar, type Scope, type Type } from "./types.ts";

/** The name under which expressions read a pack's tables. */
export const tablesName = "t";

/** What every rule of `pack` can see: the facts, its parameters under `p`, and the rows of its tables under `t`. */
export function scopeOf(pack: Pack): Scope {
  const rows = fieldsOf(pack.tables ?? {}, tableType);
  return new Map(scopeOfKeys(pack)).set(tablesName, { fields: rows });
}

/** What the key of a table can see: the facts and the parameters, no other table. */
export const scopeOfKeys = (pack: Pack): Scope =>
  new Map<string, Type>([
    ...factTypes,
    ["p", { fields: fieldsOf(pack.parameters, parameterType) }],
  ]);

const fieldsOf = <T>(values: Readonly<Record<string, T>>, type: (value: T) => Type) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, type(value)]));

const tableType = (table: Table): Scalar =>
  typeof table.dated[0]?.rows[0]?.value === "string" ? "string" : "int";

/** The type of a parameter as rules see it; of a list, its length is the longest there is. */
function parameterType(value: Parameter): Type {
  const values = valuesOf(value);
  const [first] = values;
  if (Array.isArray(first)) {
    const lengths = values.map((each) => (Array.isArray(each) ? each.length : 0));
    return { list: typeof first[0] === "number" ? "int" : "string", atMost: Math.max(...lengths) };
  }
  if (typeof first === "boolean") return "bool";
  return typeof first === "string" ? "string" : "int";
}
