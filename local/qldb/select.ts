import { dom } from "ion-js";
import type { IonValue } from "../../shared/qldb/ion.ts";
import type { Insertion } from "./journal-block.ts";
import type { Projection, Source } from "./partiql.ts";
import { type StoredDocument, type Table, valueKey } from "./tables.ts";

/** What a statement looked at; a commit fails if a later block added to it. */
export type Read =
  | { readonly of: "catalog" }
  | { readonly of: string; readonly covers: (document: StoredDocument) => boolean };

/** A SELECT with its parameters read and its table found (none for the catalog). */
export interface Selection {
  readonly source: Source;
  readonly path: readonly string[] | undefined;
  readonly values: readonly IonValue[];
  readonly table: Table | undefined;
  readonly catalog: readonly Table[];
  readonly snapshot: number;
  readonly own: readonly Insertion[];
}

/**
 * The rows a selection sees and what it has thereby read. Equality on an indexed field, or on metadata.id, reads those documents
 * only; anything else is a scan and reads the whole table.
 */
export function selectFrom(selection: Selection): { rows: IonValue[]; read: Read } {
  const { source, table, values, path } = selection;
  const keys = new Set(values.map(valueKey));
  const matches = (row: IonValue) => path === undefined || isOneOf(row.get(...path), keys);
  if (source.view === "catalog" || table === undefined) {
    return { rows: selection.catalog.map(catalogRow).filter(matches), read: { of: "catalog" } };
  }
  const view = (document: StoredDocument) =>
    source.view === "committed" ? document.committed : document.data;
  const candidates = indexed(selection, keys) ?? table.documents;
  const committed = candidates
    .filter((document) => document.sequenceNo <= selection.snapshot)
    .map(view)
    .filter(matches);
  const own =
    source.view === "committed"
      ? []
      : selection.own
          .filter((insertion) => insertion.table === table.name)
          .map(({ data }) => data)
          .filter(matches);
  const covers = isNarrow(selection)
    ? (document: StoredDocument) => matches(view(document))
    : () => true;
  return { rows: [...committed, ...own], read: { of: table.name, covers } };
}

/** What the projection shows of `row`: nothing where a path is missing. */
export function project(row: IonValue, projection: Projection): unknown[] {
  if (projection.shape === "all") return [row];
  if (projection.shape === "value") {
    const value = row.get(...projection.path);
    return value === null ? [] : [value];
  }
  const shown: Record<string, IonValue> = {};
  for (const { name, path } of projection.columns) {
    const value = row.get(...path);
    if (value !== null) shown[name] = value;
  }
  return [shown];
}

function isOneOf(value: IonValue | null, keys: Set<string>): boolean {
  return value !== null && !value.isNull() && keys.has(valueKey(value));
}

function indexField({ source, path }: Selection): string | undefined {
  if (path === undefined) return undefined;
  const [first, second] = path;
  if (source.view === "user") return path.length === 1 ? first : undefined;
  return path.length === 2 && first === "data" ? second : undefined;
}

function indexed(selection: Selection, keys: Set<string>): StoredDocument[] | undefined {
  const index = selection.table?.indexes.get(indexField(selection) ?? "");
  if (index === undefined) return undefined;
  return [...keys].flatMap((key) => index.get(key) ?? []);
}

const isNarrow = (selection: Selection): boolean =>
  selection.table?.indexes.has(indexField(selection) ?? "") === true ||
  (selection.source.view === "committed" && selection.path?.join(".") === "metadata.id");

const catalogRow = (table: Table): IonValue =>
  dom.Value.from({
    tableId: table.tableId,
    name: table.name,
    indexes: [...table.indexes.keys()].map((field) => ({ expr: `[${field}]` })),
    status: "ACTIVE",
  });
