import type { IonValue } from "../../shared/qldb/ion.ts";
import { ionText } from "../../shared/qldb/ion.ts";

/** A document in the form the committed view shows; `sequenceNo` is its block's. */
export interface StoredDocument {
  readonly table: string;
  readonly documentId: string;
  readonly sequenceNo: number;
  /** The revision: blockAddress, hash, data, metadata. */
  readonly committed: IonValue;
  readonly data: IonValue;
}

/** A table with its documents in journal order. */
export interface Table {
  readonly name: string;
  readonly tableId: string;
  readonly createdAt: number;
  readonly documents: StoredDocument[];
  readonly indexes: Map<string, Map<string, StoredDocument[]>>;
}

/** At most 20 active tables in a ledger, 5 indexes on a table (service quotas). */
export const maxTables = 20;
export const maxIndexes = 5;

/** All tables of one ledger. */
export class Tables {
  readonly #byName = new Map<string, Table>();
  /** Sequence number of the last block that changed the catalog. */
  changedAt = 0;

  get(name: string): Table | undefined {
    return this.#byName.get(name);
  }

  all(): Table[] {
    return [...this.#byName.values()];
  }

  create(name: string, tableId: string, sequenceNo: number): void {
    this.#byName.set(name, {
      name,
      tableId,
      createdAt: sequenceNo,
      documents: [],
      indexes: new Map(),
    });
    this.changedAt = sequenceNo;
  }

  index(name: string, field: string, sequenceNo: number): void {
    const table = this.#byName.get(name);
    if (table === undefined) throw new Error(`bug: index on no table ${name}`);
    table.indexes.set(field, new Map());
    for (const document of table.documents) enter(table, field, document);
    this.changedAt = sequenceNo;
  }

  add(document: StoredDocument): void {
    const table = this.#byName.get(document.table);
    if (table === undefined) throw new Error(`bug: document in no table ${document.table}`);
    table.documents.push(document);
    for (const field of table.indexes.keys()) enter(table, field, document);
  }
}

/** What two equal Ion values have in common and no two others. */
export const valueKey = (value: IonValue): string => ionText(value);

function enter(table: Table, field: string, document: StoredDocument): void {
  const value = document.data.get(field);
  const index = table.indexes.get(field);
  if (value === null || index === undefined) return;
  const key = valueKey(value);
  const found = index.get(key);
  if (found === undefined) index.set(key, [document]);
  else found.push(document);
}
