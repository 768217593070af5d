import { randomBytes } from "node:crypto";
import { dom, dumpBinary } from "ion-js";
import type { IonValue } from "../../shared/qldb/ion.ts";
import type { Statement } from "../../shared/qldb/transaction.ts";
import { documentsOf, evaluate } from "./expression.ts";
import { identifier, tableId } from "./identifier.ts";
import type { Change } from "./journal-block.ts";
import { parseQuery } from "./partiql.ts";
import type { Condition, Query, Source } from "./query.ts";
import { badRequest, limitExceeded } from "./refusal.ts";
import { project, type Read, type Row, rowsOf, type Test } from "./select.ts";
import { setAt } from "./set-at.ts";
import {
  emptyTable,
  maxIndexes,
  maxTables,
  maxTablesEver,
  type StoredRevision,
  type Table,
  type Tables,
  valueKey,
} from "./tables.ts";

/** Service quotas: documents written by a transaction, bytes of a document and of a transaction. */
const maxDocuments = 40;
const maxDocumentBytes = 128 * 1024;
const maxTransactionBytes = 4 * 1024 * 1024;

/** The stub's own: rows that a join may come to. */
const maxJoinedRows = 10_000;

/** What a statement gave: its rows, and how many the service would have read for them. */
export interface Executed {
  readonly rows: readonly IonValue[];
  readonly readIos: number;
}

type Parameters = readonly Uint8Array[];

/** One transaction: it sees the ledger as it was at its start, and its own changes. */
export class Transaction {
  readonly id: string;
  readonly startedMs: number;
  readonly statements: (Statement & { readonly startMs: number })[] = [];
  readonly #tables: Tables;
  readonly #snapshot: number;
  readonly #changes = new Map<string, Change>();
  readonly #reads: Read[] = [];
  readonly #touched = new Set<Table>();
  readonly #newTables = new Map<string, Table>();
  readonly #dropped = new Set<Table>();
  readonly #newIndexes = new Set<string>();
  #sizeBytes = 0;
  #readIos = 0;

  constructor(id: string, tables: Tables, snapshot: number, startedMs: number) {
    this.id = id;
    this.#tables = tables;
    this.#snapshot = snapshot;
    this.startedMs = startedMs;
  }

  /** The revisions it leaves, one a document, in the order the documents were first changed. */
  get changes(): readonly Change[] {
    return [...this.#changes.values()];
  }

  /** Runs one statement. A refused statement leaves no trace. */
  execute(text: string, parameters: Parameters, nowMs: number): Executed {
    const query = parseQuery(text);
    if (query.parameters !== parameters.length) {
      throw badRequest(
        `The statement has ${query.parameters} parameters, ${parameters.length} given`,
      );
    }
    const sizeBytes = parameters.reduce((sum, { length }) => sum + length, text.length);
    if (this.#sizeBytes + sizeBytes > maxTransactionBytes) {
      throw limitExceeded(`Transactions have at most ${maxTransactionBytes} bytes`);
    }
    this.#readIos = 0;
    const rows = this.#run(query, parameters);
    this.#sizeBytes += sizeBytes;
    this.statements.push({ text, parameters, startMs: nowMs });
    return { rows: rows.map((row) => dom.Value.from(row)), readIos: this.#readIos };
  }

  /** Whether a block since this transaction's start changed what it has read or wants to create. */
  hasConflict(): boolean {
    const isGone = (table: Table) => table.droppedAt !== undefined;
    if ([...this.#touched, ...this.#dropped].some(isGone)) return true;
    if ([...this.#newTables.keys()].some((name) => this.#tables.get(name) !== undefined)) {
      return true;
    }
    for (const index of this.#newIndexes) {
      const [table = "", field = ""] = index.split(".");
      if (this.#tables.get(table)?.indexes.has(field)) return true;
    }
    return this.#reads.some((read) =>
      "covers" in read
        ? this.#since(read.of).some(read.covers)
        : this.#tables.changedAt > this.#snapshot,
    );
  }

  #run(query: Query, parameters: Parameters): unknown[] {
    switch (query.kind) {
      case "create-table":
        return this.#createTable(query.table);
      case "drop-table":
        return this.#dropTable(query.table);
      case "create-index":
        return this.#createIndex(query.table, query.field);
      case "insert":
        return this.#insert(query.table, documentsOf(evaluate(query.documents, parameters)));
      case "update": {
        const changes = query.changes.map(({ path, value }) => ({
          path,
          value: evaluate(value, parameters),
        }));
        return this.#replace(query, parameters, (data) =>
          changes.reduce((changed, { path, value }) => setAt(changed, path, value), data),
        );
      }
      case "delete":
        return this.#replace(query, parameters, () => undefined);
      case "select":
        return this.#select(query, parameters);
      default:
        return query satisfies never;
    }
  }

  #select(query: Query & { kind: "select" }, parameters: Parameters): unknown[] {
    const tests = testsOf(query.where, parameters);
    let joined: Row[][] = [[]];
    query.sources.forEach((source, i) => {
      const own = tests.filter(({ column }) => column.source === i);
      const rows = this.#look(source, own);
      if (joined.length * rows.length > maxJoinedRows) {
        throw badRequest(`A join comes to at most ${maxJoinedRows} rows`);
      }
      joined = joined.flatMap((left) => rows.map((row) => [...left, row]));
      this.#readIos += joined.length;
    });
    if (query.projection.shape === "count") return [{ _1: joined.length }];
    return joined.flatMap((row) => project(row, query.projection));
  }

  #look(source: Source, tests: readonly Test[]): Row[] {
    const { rows, read } = rowsOf({
      source,
      table: source.view === "catalog" ? undefined : this.#table(source.table),
      catalog: this.#catalog(),
      tests,
      snapshot: this.#snapshot,
      own: this.#changes,
    });
    this.#reads.push(read);
    return rows;
  }

  #replace(
    { table: name, where }: { readonly table: string; readonly where: readonly Condition[] },
    parameters: Parameters,
    next: (data: IonValue) => IonValue | undefined,
  ): unknown[] {
    const table = this.#table(name);
    const rows = this.#look({ view: "user", table: name }, testsOf(where, parameters));
    this.#readIos = rows.length;
    const changed = rows.map(({ documentId, value }) => ({ documentId, data: next(value) }));
    this.#write(table, changed);
    return changed.map(({ documentId }) => ({ documentId }));
  }

  #insert(name: string, documents: readonly IonValue[]): unknown[] {
    const table = this.#table(name);
    const inserted = documents.map((data) => ({ documentId: identifier(randomBytes(16)), data }));
    this.#write(table, inserted);
    return inserted.map(({ documentId }) => ({ documentId }));
  }

  /** Notes the changes of one statement, all or none. */
  #write(
    table: Table,
    changed: readonly { readonly documentId: string; readonly data: IonValue | undefined }[],
  ): void {
    for (const { data } of changed) {
      if (data !== undefined && dumpBinary(data).length > maxDocumentBytes) {
        throw limitExceeded(`Documents have at most ${maxDocumentBytes} bytes`);
      }
    }
    const written = new Set([...this.#changes.keys(), ...changed.map((each) => each.documentId)]);
    if (written.size > maxDocuments) {
      throw limitExceeded(`Transactions write at most ${maxDocuments} documents`);
    }
    this.#touched.add(table);
    for (const { documentId, data } of changed) this.#note(table, documentId, data);
  }

  #note(table: Table, documentId: string, data: IonValue | undefined): void {
    const earlier = this.#changes.get(documentId);
    const version = (this.#committed(table, documentId)?.version ?? -1) + 1;
    if (data === undefined && version === 0) {
      this.#changes.delete(documentId);
      return;
    }
    this.#changes.set(documentId, {
      documentId,
      table: table.name,
      tableId: table.tableId,
      version,
      data,
      statements: [...(earlier?.statements ?? []), this.statements.length],
    });
  }

  #committed(table: Table, documentId: string): StoredRevision | undefined {
    let revision = table.newest.get(documentId);
    while (revision !== undefined && revision.sequenceNo > this.#snapshot) {
      revision = revision.before;
    }
    return revision;
  }

  #createTable(name: string): unknown[] {
    const active = this.#active();
    if (active.some((table) => table.name === name)) {
      throw badRequest(`Table with name: ${name} already exists`);
    }
    if (active.length >= maxTables) {
      throw limitExceeded(`Ledgers have at most ${maxTables} active tables`);
    }
    if (this.#catalog().length >= maxTablesEver) {
      throw limitExceeded(`Ledgers have at most ${maxTablesEver} tables, dropped ones included`);
    }
    const id = tableId(this.id, this.statements.length);
    this.#newTables.set(name, emptyTable(name, id, this.#snapshot + 1));
    return [{ tableId: id }];
  }

  #dropTable(name: string): unknown[] {
    const table = this.#table(name);
    if (this.#newTables.has(name) || this.changes.some((each) => each.tableId === table.tableId)) {
      throw badRequest(`Table ${name} was changed by the same transaction`);
    }
    this.#reads.push({ of: table, covers: () => true });
    this.#dropped.add(table);
    return [{ tableId: table.tableId }];
  }

  #createIndex(name: string, field: string): unknown[] {
    const table = this.#table(name);
    const index = `${name}.${field}`;
    if (table.indexes.has(field) || this.#newIndexes.has(index)) {
      throw badRequest(`Index on ${name} (${field}) already exists`);
    }
    const made = [...this.#newIndexes].filter((one) => one.startsWith(`${name}.`)).length;
    if (table.indexes.size + made >= maxIndexes) {
      throw limitExceeded(`Tables have at most ${maxIndexes} indexes`);
    }
    this.#newIndexes.add(index);
    return [{ tableId: table.tableId }];
  }

  #table(name: string): Table {
    const table = this.#active().find((candidate) => candidate.name === name);
    if (table === undefined) throw badRequest(`No such variable named '${name}'`);
    return table;
  }

  #active(): Table[] {
    return this.#catalog().filter(
      (table) =>
        (table.droppedAt === undefined || table.droppedAt > this.#snapshot) &&
        !this.#dropped.has(table),
    );
  }

  #catalog(): Table[] {
    const committed = this.#tables.all().filter((table) => table.createdAt <= this.#snapshot);
    return [...committed, ...this.#newTables.values()];
  }

  #since(table: Table): StoredRevision[] {
    const { revisions } = table;
    let first = revisions.length;
    while (first > 0 && (revisions[first - 1]?.sequenceNo ?? 0) > this.#snapshot) first--;
    return revisions.slice(first);
  }
}

const testsOf = (where: readonly Condition[], parameters: Parameters): Test[] =>
  where.map((condition) =>
    "isNull" in condition
      ? condition
      : {
          column: condition.column,
          keys: new Set(condition.oneOf.map((each) => valueKey(evaluate(each, parameters)))),
        },
  );
