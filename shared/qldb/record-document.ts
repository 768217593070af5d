import { field, ionCount, ionString, structFields } from "./ion.ts";
import type { Revision } from "./revision.ts";

/** What the documents of our own ledger hold of a record; all of it is covered by the revision's hash. */
export interface HeldRecord {
  /** The record's place in its log, from 0. */
  readonly index: number;
  /** RFC 6962 leaf hash, lower-case hexadecimal. */
  readonly leafHash: string;
  /** The record's canonical bytes, as text. */
  readonly record: string;
}

/** The record in a revision; undefined where it is redacted. Throws Malformed for a document of another form. */
export function recordIn({ content }: Pick<Revision, "content">): HeldRecord | undefined {
  if (!("data" in content)) return undefined;
  const data = structFields(content.data, "data");
  return {
    index: ionCount(field(data, "index", "data"), "data.index"),
    leafHash: ionString(field(data, "leafHash", "data"), "data.leafHash"),
    record: ionString(field(data, "record", "data"), "data.record"),
  };
}

/** The table of a log in our ledger: an insurer id has no underscore, a table name no hyphen, so each has its own. */
export const tableName = (log: string): string => `log_${log.replaceAll("-", "_")}`;

/** The log of a table; undefined where the table is none of a log. */
export const logOfTable = (table: string): string | undefined =>
  /^log_[a-z0-9_]{1,63}$/.test(table) ? table.slice(4).replaceAll("_", "-") : undefined;
