import { randomBytes } from "node:crypto";
import { dom, IonTypes, load } from "ion-js";
import type { IonValue } from "../../shared/qldb/ion.ts";
import type { Statement } from "../../shared/qldb/transaction.ts";
import { identifier, tableId } from "./identifier.ts";
import type { Insertion } from "./journal-block.ts";
import { parseQuery, type Query } from "./partiql.ts";
import { badRequest, limitExceeded } from "./refusal.ts";
import { project, type Read, selectFrom } from "./select.ts";
import { maxIndexes, maxTables, type StoredDocument, type Table, type Tables } from "./tables.ts";

const maxDocuments = 40;
const maxDocumentBytes = 128 * 1024;

/** One transaction: it sees the ledger as it was at its start, and its own changes. */
export class Transaction {
  readonly id: string;
  readonly startedMs: number;
  readonly statements: (Statement & { readonly startMs: number })[] = [];
  readonly insertions: Insertion[] = [];
  readonly #tables: Tables;
  readonly #snapshot: number;
  readonly #reads: Read[] = [];
  readonly #newTables = new Map<string, Table>();
  readonly #newIndexes = new Set<string>();

  constructor(id: string, tables: Tables, snapshot: number, startedMs: number) {
    this.id = id;
    this.#tables = tables;
    this.#snapshot = snapshot;
    this.startedMs = startedMs;
  }

  /** Runs one statement and returns its rows. A refused statement leaves no trace. */
  execute(text: string, parameters: readonly Uint8Array[], nowMs: number): IonValue[] {
    const query = parseQuery(text);
    if (query.parameters !== parameters.length) {
      throw badRequest(
        `The statement has ${query.parameters} parameters, ${parameters.length} given`,
      );
    }
    const rows = this.#run(query, parameters);
    this.statements.push({ text, parameters, startMs: nowMs });
    return rows.map((row) => dom.Value.from(row));
  }

  /** Whether a block since this transaction's start changed what it has read or wants to create. */
  hasConflict(): boolean {
    if ([...this.#newTables.keys()].some((name) => this.#tables.get(name) !== undefined))
      return true;
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

  #run(query: Query, parameters: readonly Uint8Array[]): unknown[] {
    switch (query.kind) {
      case "create-table":
        return this.#createTable(query.table);
      case "create-index":
        return this.#createIndex(query.table, query.field);
      case "insert":
        return this.#insert(query.table, parameters[0]);
      case "select": {
        const { source, where } = query;
        const values = (where?.oneOf ?? []).map((operand) =>
          "text" in operand
            ? dom.Value.from(operand.text)
            : readParameter(parameters[operand.parameter]),
        );
        const table = source.view === "catalog" ? undefined : this.#table(source.table);
        const { rows, read } = selectFrom({
          source,
          path: where?.path,
          values,
          table,
          catalog: this.#visibleTables(),
          snapshot: this.#snapshot,
          own: this.insertions,
        });
        this.#reads.push(read);
        return rows.flatMap((row) => project(row, query.projection));
      }
      default:
        return query satisfies never;
    }
  }

  #createTable(name: string): unknown[] {
    if (this.#visibleTables().some((table) => table.name === name)) {
      throw badRequest(`Table with name: ${name} already exists`);
    }
    if (this.#visibleTables().length >= maxTables) {
      throw limitExceeded(`Ledgers have at most ${maxTables} active tables`);
    }
    const id = tableId(this.id, this.statements.length);
    this.#newTables.set(name, {
      name,
      tableId: id,
      createdAt: this.#snapshot + 1,
      documents: [],
      indexes: new Map(),
    });
    return [{ tableId: id }];
  }

  #createIndex(name: string, field: string): unknown[] {
    const table = this.#table(name);
    const index = `${name}.${field}`;
    if (table.indexes.has(field) || this.#newIndexes.has(index)) {
      throw badRequest(`Index on ${name} (${field}) already exists`);
    }
    if (table.indexes.size >= maxIndexes) {
      throw limitExceeded(`Tables have at most ${maxIndexes} indexes`);
    }
    this.#newIndexes.add(index);
    return [{ tableId: table.tableId }];
  }

  #insert(name: string, parameter: Uint8Array | undefined): unknown[] {
    const table = this.#table(name);
    const value = readParameter(parameter);
    const documents = value.getType() === IonTypes.LIST ? value.elements() : [value];
    if (documents.some((document) => document.getType() !== IonTypes.STRUCT || document.isNull())) {
      throw badRequest("INSERT takes a struct or a list of structs");
    }
    if ((parameter?.length ?? 0) > maxDocumentBytes) {
      throw limitExceeded(`Documents have at most ${maxDocumentBytes} bytes`);
    }
    if (this.insertions.length + documents.length > maxDocuments) {
      throw limitExceeded(`Transactions write at most ${maxDocuments} documents`);
    }
    return documents.map((data) => {
      const documentId = identifier(randomBytes(16));
      const statement = this.statements.length;
      this.insertions.push({ documentId, table: name, tableId: table.tableId, data, statement });
      return { documentId };
    });
  }

  #table(name: string): Table {
    const table = this.#visibleTables().find((candidate) => candidate.name === name);
    if (table === undefined) throw badRequest(`No such variable named '${name}'`);
    return table;
  }

  #visibleTables(): Table[] {
    const committed = this.#tables.all().filter((table) => table.createdAt <= this.#snapshot);
    return [...committed, ...this.#newTables.values()];
  }

  #since(name: string): StoredDocument[] {
    const documents = this.#tables.get(name)?.documents ?? [];
    let first = documents.length;
    while (first > 0 && (documents[first - 1]?.sequenceNo ?? 0) > this.#snapshot) first--;
    return documents.slice(first);
  }
}

function readParameter(parameter: Uint8Array | undefined): IonValue {
  const value = parameter === undefined ? null : load(parameter);
  if (value === null) throw badRequest("A parameter is not an Ion value");
  return value;
}
