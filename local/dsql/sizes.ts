import type pg from "pg";

/** What of a row Aurora DSQL takes: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/CHAP_quotas.html */
const most = { column: 1024 * 1024, row: 2 * 1024 * 1024, key: 1024 };

/** A table; how many bytes each of its columns has, and the columns of each of its indexes, as expressions over a new row. */
interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  readonly keys: readonly (readonly string[])[];
}

/** An index of an expression is left out. */
const tables = `WITH sized AS (SELECT a.attrelid, a.attnum, format(CASE
      WHEN a.atttypid IN ('text'::regtype, 'bytea'::regtype) THEN 'COALESCE(octet_length(NEW.%I), 0)'
      ELSE 'COALESCE(pg_column_size(NEW.%I), 0)' END, a.attname) AS bytes
    FROM pg_attribute a WHERE a.attnum > 0 AND NOT a.attisdropped)
  SELECT c.relname AS name,
    (SELECT json_agg(bytes) FROM sized WHERE attrelid = c.oid) AS columns,
    (SELECT COALESCE(json_agg((SELECT json_agg(bytes) FROM sized
       WHERE attrelid = c.oid AND attnum = ANY(i.indkey))), '[]') FROM pg_index i
     WHERE i.indrelid = c.oid AND 0 <> ALL(i.indkey)) AS keys
  FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace`;

/** Has the tables that are there refuse what is too large of a row, with DSQL's code and words, whatever statement brings it. As a superuser. */
export async function holdSizes(client: pg.Client): Promise<void> {
  for (const table of (await client.query<Table>(tables)).rows) await client.query(held(table));
}

function held({ name, columns, keys }: Table): string {
  const refuse = (bytes: string, mostBytes: number, words: string): string =>
    `IF ${bytes} > ${mostBytes} THEN RAISE EXCEPTION '${words}' USING ERRCODE = '54000'; END IF;`;
  const [greatest, row] = [`GREATEST(${columns.join(", ")})`, columns.join(" + ")];
  return `CREATE OR REPLACE FUNCTION sys."sizes_${name}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    ${keys.map((key) => refuse(key.join(" + "), most.key, "key size too large")).join("\n    ")}
    ${refuse(greatest, most.column, "maximum column size exceeded")}
    ${refuse(row, most.row, "maximum row size exceeded")}
    RETURN NEW; END $$;
  CREATE OR REPLACE TRIGGER sizes BEFORE INSERT OR UPDATE ON "${name}"
    FOR EACH ROW EXECUTE FUNCTION sys."sizes_${name}"()`;
}
