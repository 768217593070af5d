import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";

/** The bank's book: tables of a file that survives its process. */
export interface Book {
  /** Runs `action` in one transaction: all of it lasts once this returns, or nothing happened. */
  readonly atomically: <T>(action: () => T) => T;
  readonly run: (text: string, ...values: SQLInputValue[]) => void;
  readonly all: <Row>(text: string, ...values: SQLInputValue[]) => Row[];
  readonly close: () => void;
}

const tables = `
CREATE TABLE IF NOT EXISTS file (customer TEXT, message_id TEXT, sha256 TEXT, PRIMARY KEY (customer, message_id));
CREATE TABLE IF NOT EXISTS payment (end_to_end_id TEXT PRIMARY KEY, customer TEXT, message_id TEXT, fate TEXT, debits INTEGER, credits INTEGER);
CREATE INDEX IF NOT EXISTS payment_of ON payment (customer);
CREATE TABLE IF NOT EXISTS message (number INTEGER PRIMARY KEY, customer TEXT, name TEXT UNIQUE, due INTEGER, text TEXT, gone INTEGER);
CREATE INDEX IF NOT EXISTS message_of ON message (customer, gone, due);
CREATE TABLE IF NOT EXISTS injected (kind TEXT, subject TEXT, PRIMARY KEY (kind, subject));
CREATE TABLE IF NOT EXISTS conflict (customer TEXT, sha256 TEXT, PRIMARY KEY (customer, sha256));
CREATE TABLE IF NOT EXISTS round (customer TEXT PRIMARY KEY, number INTEGER);`;

/** Opens the book in `folder`, which is made if it is absent; one that is not `durable` lasts as long as the machine stays up. */
export function openBook(folder: string, durable = true): Book {
  mkdirSync(folder, { recursive: true });
  const database = new DatabaseSync(join(folder, "book.sqlite"));
  const synchronous = durable ? "FULL" : "OFF";
  database.exec(
    `PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}; PRAGMA busy_timeout = 10000`,
  );
  database.exec(tables);
  const prepared = new Map<string, ReturnType<DatabaseSync["prepare"]>>();
  const statement = (text: string) => {
    const known = prepared.get(text) ?? database.prepare(text);
    prepared.set(text, known);
    return known;
  };
  return {
    atomically: (action) => {
      database.exec("BEGIN IMMEDIATE");
      try {
        const done = action();
        database.exec("COMMIT");
        return done;
      } catch (error) {
        database.exec("ROLLBACK");
        throw error;
      }
    },
    run: (text, ...values) => void statement(text).run(...values),
    all: <Row>(text: string, ...values: SQLInputValue[]) => statement(text).all(...values) as Row[],
    close: () => database.close(),
  };
}
