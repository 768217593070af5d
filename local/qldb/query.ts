import type { IonValue } from "../../shared/qldb/ion.ts";

/** A way into a value: field names, and places in lists from 0. */
export type Path = readonly (string | number)[];

/** A value as a statement writes it: a parameter by its place among the question marks, a literal, or a struct or list of these. */
export type Expression =
  | { readonly parameter: number }
  | { readonly literal: IonValue }
  | { readonly fields: readonly (readonly [string, Expression])[] }
  | { readonly elements: readonly Expression[] };

/** What a FROM names: a table's documents, their committed form (blockAddress, hash, data, metadata), every revision of them in that form, or the catalog. */
export interface Source {
  readonly view: "user" | "committed" | "history" | "catalog";
  readonly table: string;
}

/** A value of the rows of one source, by its place among the sources: something of the row, or with BY its document's id. */
export type Column =
  | { readonly source: number; readonly path: Path }
  | { readonly source: number; readonly documentId: true };

/** One condition of a WHERE; all must hold. */
export type Condition =
  | { readonly column: Column; readonly oneOf: readonly Expression[] }
  | { readonly column: Column; readonly isNull: boolean };

/** What a SELECT shows of each row. */
export type Projection =
  | { readonly shape: "all" }
  | { readonly shape: "count" }
  | { readonly shape: "value"; readonly column: Column }
  | { readonly shape: "struct"; readonly columns: readonly { name: string; column: Column }[] };

/** The PartiQL this stub speaks; `parameters` says how many question marks the text has. */
export type Query = { readonly parameters: number } & (
  | { readonly kind: "create-table"; readonly table: string }
  | { readonly kind: "drop-table"; readonly table: string }
  | { readonly kind: "create-index"; readonly table: string; readonly field: string }
  | { readonly kind: "insert"; readonly table: string; readonly documents: Expression }
  | {
      readonly kind: "update";
      readonly table: string;
      readonly changes: readonly { readonly path: Path; readonly value: Expression }[];
      readonly where: readonly Condition[];
    }
  | { readonly kind: "delete"; readonly table: string; readonly where: readonly Condition[] }
  | {
      readonly kind: "select";
      readonly sources: readonly Source[];
      readonly projection: Projection;
      readonly where: readonly Condition[];
    }
);
