import { dom } from "ion-js";
import type { IonValue } from "../../shared/qldb/ion.ts";
import type { Change } from "./journal-block.ts";
import type { Column, Projection, Source } from "./query.ts";
import { isPresent, type StoredRevision, type Table, valueKey } from "./tables.ts";

/** What a statement looked at; a commit fails if a later block changed it. */
export type Read =
  | { readonly of: "catalog" }
  | { readonly of: Table; readonly covers: (revision: StoredRevision) => boolean };

/** One row of one source, and the document it is of. */
export interface Row {
  readonly value: IonValue;
  readonly documentId: string;
}

/** A condition with its parameters read. */
export type Test = { readonly column: Column } & (
  | { readonly keys: ReadonlySet<string> }
  | { readonly isNull: boolean }
);

/** A source with its table found (none for the catalog), the conditions on it alone, and what the transaction sees. */
export interface Looked {
  readonly source: Source;
  readonly table: Table | undefined;
  readonly catalog: readonly Table[];
  readonly tests: readonly Test[];
  readonly snapshot: number;
  /** The transaction's own changes, the newest of each document. */
  readonly own: ReadonlyMap<string, Change>;
}

/**
 * The rows of one source that a transaction sees and what it has thereby read. Equality on an indexed field, or on a document's id, reads those documents
 * only; anything else is a scan and reads the whole table. The committed view and the history show nothing that isn't committed.
 */
export function rowsOf(looked: Looked): { rows: Row[]; read: Read } {
  const { source, table, snapshot, own, tests } = looked;
  const matches = (row: Row) => tests.every((test) => holds(test, row));
  if (table === undefined) {
    const rows = looked.catalog.map((each) => ({ value: catalogRow(each), documentId: "" }));
    return { rows: rows.filter(matches), read: { of: "catalog" } };
  }
  const view = (revision: StoredRevision): Row[] => {
    const { documentId, data, committed } = revision;
    if (source.view !== "user") return [{ value: committed, documentId }];
    return data === undefined ? [] : [{ value: data, documentId }];
  };
  const visible = (revision: StoredRevision) =>
    source.view === "history"
      ? revision.sequenceNo <= snapshot
      : isPresent(revision, snapshot) && !(source.view === "user" && own.has(revision.documentId));
  const committed = (indexed(looked) ?? table.revisions).filter(visible).flatMap(view);
  const rows = source.view === "user" ? [...committed, ...ownRows(table, own)] : committed;
  const isCovered = (revision: StoredRevision | undefined) =>
    revision !== undefined && view(revision).some(matches);
  const covers = isNarrow(looked)
    ? (revision: StoredRevision) => isCovered(revision) || isCovered(revision.before)
    : () => true;
  return { rows: rows.filter(matches), read: { of: table, covers } };
}

function ownRows(table: Table, own: ReadonlyMap<string, Change>): Row[] {
  return [...own.values()].flatMap(({ tableId, data, documentId }) =>
    tableId === table.tableId && data !== undefined ? [{ value: data, documentId }] : [],
  );
}

/** What the projection shows of a row of each source: nothing where a path is missing. */
export function project(row: readonly Row[], projection: Projection): unknown[] {
  if (projection.shape === "value") {
    const value = valueAt(projection.column, row);
    return value === null ? [] : [value];
  }
  if (projection.shape !== "struct") {
    const [only] = row;
    if (row.length === 1 && only !== undefined) return [only.value];
    return [Object.fromEntries(row.flatMap(({ value }) => fieldsOf(value)))];
  }
  const shown: Record<string, IonValue> = {};
  for (const { name, column } of projection.columns) {
    const value = valueAt(column, row);
    if (value !== null) shown[name] = value;
  }
  return [shown];
}

const fieldsOf = (value: IonValue): [string, IonValue][] =>
  value
    .allFields()
    .flatMap(([name, [first]]): [string, IonValue][] =>
      first === undefined ? [] : [[name, first]],
    );

const valueAt = (column: Column, row: readonly Row[]): IonValue | null => {
  const of = row[column.source];
  return of === undefined ? null : valueIn(column, of);
};

function valueIn(column: Column, row: Row): IonValue | null {
  if ("documentId" in column) return dom.Value.from(row.documentId);
  const [first, ...rest] = column.path;
  return first === undefined ? row.value : row.value.get(first, ...rest);
}

function holds(test: Test, row: Row): boolean {
  const value = valueIn(test.column, row);
  if ("isNull" in test) return (value === null || value.isNull()) === test.isNull;
  return value !== null && !value.isNull() && test.keys.has(valueKey(value));
}

/** Of a test on an indexed field: the field. */
function indexField({ source, table }: Looked, { column }: Test): string | undefined {
  if (!("path" in column) || source.view === "history") return undefined;
  const [outer, ...inner] = column.path;
  const inDocument = source.view === "user" ? column.path : outer === "data" ? inner : [];
  const [field, ...deeper] = inDocument;
  const isField = typeof field === "string" && deeper.length === 0;
  return isField && table?.indexes.has(field) ? field : undefined;
}

const equality = (test: Test): ReadonlySet<string> | undefined =>
  "keys" in test ? test.keys : undefined;

function indexed(looked: Looked): StoredRevision[] | undefined {
  for (const test of looked.tests) {
    const keys = equality(test);
    const index = looked.table?.indexes.get(indexField(looked, test) ?? "");
    if (index !== undefined && keys !== undefined) {
      return [...keys].flatMap((key) => index.get(key) ?? []);
    }
  }
  return undefined;
}

const isNarrow = (looked: Looked): boolean =>
  looked.tests.some(
    (test) =>
      equality(test) !== undefined &&
      (indexField(looked, test) !== undefined || isOfDocument(looked, test)),
  );

const isOfDocument = ({ source }: Looked, { column }: Test): boolean =>
  "documentId" in column || (source.view !== "user" && column.path.join(".") === "metadata.id");

const catalogRow = (table: Table): IonValue =>
  dom.Value.from({
    tableId: table.tableId,
    name: table.name,
    indexes: [...table.indexes.keys()].map((field) => ({ expr: `[${field}]` })),
    status: table.droppedAt === undefined ? "ACTIVE" : "INACTIVE",
  });
