import { Malformed } from "../base/malformed.ts";
import { field, type IonValue, ionList, ionString, structFields } from "./ion.ts";

/** What a block's transactionInfo says its transaction did. */
export interface TransactionInfo {
  readonly statements: readonly IonValue[];
  /** The table of each document it wrote, by document id; undefined where it names none. */
  readonly tables: ReadonlyMap<string, string | undefined>;
}

const where = "block.transactionInfo";

/**
 * Reads a transactionInfo: a struct with a list of statements, which tells it from whatever else a block's entries are hashes of (anything whose hash
 * is an entry could be put in its place). Throws Malformed.
 */
export function parseTransactionInfo(value: IonValue): TransactionInfo {
  const fields = structFields(value, where);
  const statements = ionList(field(fields, "statements", where), `${where}.statements`);
  const tables = new Map<string, string | undefined>();
  const documents = fields.get("documents");
  for (const [id, document] of documents ? structFields(documents, `${where}.documents`) : []) {
    const name = structFields(document, `${where}.documents`).get("tableName");
    tables.set(id, name && ionString(name, `${where}.documents.tableName`));
  }
  return { statements, tables };
}

/** {@link parseTransactionInfo} of a block that must have one. */
export function demandTransactionInfo(value: IonValue | undefined): TransactionInfo {
  if (value === undefined) throw new Malformed(where, "is missing");
  return parseTransactionInfo(value);
}
