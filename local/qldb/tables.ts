import type { IonValue } from "../../shared/qldb/ion.ts";
import { ionText } from "../../shared/qldb/ion.ts";

/** One revision of a document, in the form the committed view shows. */
export interface StoredRevision {
  readonly documentId: string;
  /** Sequence number of its block. */
  readonly sequenceNo: number;
  /** From 0. */
  readonly version: number;
  /** blockAddress, hash, data, metadata. */
  readonly committed: IonValue;
  /** Absent in the revision that ends its document. */
  readonly data: IonValue | undefined;
  readonly before: StoredRevision | undefined;
  /** Sequence number of the block with the next revision. */
  endedAt: number | undefined;
}

/** A table with all revisions in journal order. */
export interface Table {
  readonly name: string;
  readonly tableId: string;
  readonly createdAt: number;
  droppedAt: number | undefined;
  readonly revisions: StoredRevision[];
  readonly newest: Map<string, StoredRevision>;
  readonly indexes: Map<string, Map<string, StoredRevision[]>>;
}

/** At most 20 active tables in a ledger and 40 with those that were dropped, 5 indexes on a table (service quotas). */
export const maxTables = 20;
export const maxTablesEver = 40;
export const maxIndexes = 5;

/** A table without documents. */
export const emptyTable = (name: string, tableId: string, createdAt: number): Table => ({
  name,
  tableId,
  createdAt,
  droppedAt: undefined,
  revisions: [],
  newest: new Map(),
  indexes: new Map(),
});

/** All tables of one ledger, dropped ones too. */
export class Tables {
  readonly #all: Table[] = [];
  /** Sequence number of the last block that changed the catalog. */
  changedAt = 0;

  /** The active table of this name. */
  get(name: string): Table | undefined {
    return this.#all.find((table) => table.name === name && table.droppedAt === undefined);
  }

  all(): readonly Table[] {
    return this.#all;
  }

  create(name: string, tableId: string, sequenceNo: number): void {
    this.#all.push(emptyTable(name, tableId, sequenceNo));
    this.changedAt = sequenceNo;
  }

  drop(name: string, sequenceNo: number): void {
    this.#active(name).droppedAt = sequenceNo;
    this.changedAt = sequenceNo;
  }

  index(name: string, field: string, sequenceNo: number): void {
    const table = this.#active(name);
    table.indexes.set(field, new Map());
    for (const revision of table.revisions) enter(table, field, revision);
    this.changedAt = sequenceNo;
  }

  add(tableId: string, content: Omit<StoredRevision, "before" | "endedAt">): void {
    const table = this.#all.findLast((each) => each.tableId === tableId);
    if (table === undefined) throw new Error(`bug: a revision in no table ${tableId}`);
    const before = table.newest.get(content.documentId);
    if (before !== undefined) before.endedAt = content.sequenceNo;
    const revision = { ...content, before, endedAt: undefined };
    table.revisions.push(revision);
    table.newest.set(content.documentId, revision);
    for (const field of table.indexes.keys()) enter(table, field, revision);
  }

  #active(name: string): Table {
    const table = this.get(name);
    if (table === undefined) throw new Error(`bug: no table ${name}`);
    return table;
  }
}

/** Whether a transaction that began when `snapshot` was the tip sees the revision as its document's present one. */
export const isPresent = (revision: StoredRevision, snapshot: number): boolean =>
  revision.data !== undefined &&
  revision.sequenceNo <= snapshot &&
  (revision.endedAt === undefined || revision.endedAt > snapshot);

/** What two equal Ion values have in common and no two others. */
export const valueKey = (value: IonValue): string => ionText(value);

function enter(table: Table, field: string, revision: StoredRevision): void {
  const value = revision.data?.get(field) ?? null;
  const index = table.indexes.get(field);
  if (value === null || index === undefined) return;
  const key = valueKey(value);
  const found = index.get(key);
  if (found === undefined) index.set(key, [revision]);
  else found.push(revision);
}
