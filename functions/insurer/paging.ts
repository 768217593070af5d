import type { Caller } from "../../shared/ports/claims.ts";
import type { Position } from "../../shared/ports/position.ts";
import type { PersonKeys } from "../command/person-keys.ts";
import { cursorsOf } from "../http/cursor.ts";

/** One list as a caller asks for it. */
interface Asking<Row> {
  readonly list: string;
  /** What it is filtered by: a cursor is good for the same filter only. */
  readonly filter: Readonly<Record<string, string | bigint | undefined>>;
  readonly cursor: string | undefined;
  readonly limit: number;
  /** Where a row stands in the list's order. */
  readonly placeOf: (row: Row) => Position;
  readonly read: (after: Position | undefined, most: number) => Promise<readonly Row[]>;
}

/** A page of a list of rows, and the cursor of the next where there is more. 400 for a cursor that is none of this list. */
export async function pageBy<Row>(
  keys: Pick<PersonKeys, "obtain">,
  caller: Caller,
  { list, filter, cursor, limit, placeOf, read }: Asking<Row>,
): Promise<{ readonly rows: readonly Row[]; readonly next: string | undefined }> {
  const given = Object.entries(filter).filter(([, value]) => value !== undefined);
  const words = Object.fromEntries(given.map(([name, value]) => [name, `${value}`]));
  const cursors = await cursorsOf<[string, string]>(keys, caller, list, words);
  const [value, stream] = cursors.read(cursor) ?? [];
  const after =
    value === undefined || stream === undefined ? undefined : { value: BigInt(value), stream };
  const rows = await read(after, limit + 1);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  if (rows.length <= limit || last === undefined) return { rows: page, next: undefined };
  const end = placeOf(last);
  return { rows: page, next: cursors.write([`${end.value}`, end.stream]) };
}
