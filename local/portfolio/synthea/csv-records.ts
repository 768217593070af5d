import { CsvError, parse } from "csv-parse/sync";
import { fromUtf8 } from "../../../shared/base/bytes.ts";
import { Malformed } from "../../../shared/base/malformed.ts";
import type { PhysicalLine } from "./physical-lines.ts";

/** Longest physical line and longest record, in bytes. */
export const maxRecordBytes = 65_536;
/** Longest field, in UTF-16 units. */
export const maxFieldLength = 8_192;
const maxRecordLines = 1_000;

/** One RFC 4180 record and the physical line it starts on, or why that line is none. */
export type CsvRecord =
  | { readonly line: number; readonly fields: readonly string[] }
  | { readonly line: number; readonly fault: string };

/**
 * Reads records from physical `lines`, which may end in CRLF and start with a byte order mark. The first record says how many fields the
 * others have. A record that can't be read costs its first line only: reading resumes at the next one, so a stray quote never swallows the
 * rows behind it. Blank lines are passed over.
 */
export async function* csvRecords(lines: AsyncIterator<PhysicalLine>): AsyncGenerator<CsvRecord> {
  const returned: PhysicalLine[] = [];
  const next = async (): Promise<PhysicalLine | undefined> => {
    const again = returned.shift();
    if (again) return again;
    const { done, value } = await lines.next();
    return done ? undefined : value;
  };
  let width: number | undefined;
  for (let first = await next(); first; first = await next()) {
    if (isBlank(first)) continue;
    const taken = await takeRecord(first, next);
    try {
      const fields = readFields(taken, width);
      width ??= fields.length;
      yield { line: first.number, fields };
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      yield { line: first.number, fault: error.message };
      returned.unshift(...taken.slice(1));
    }
  }
}

const isBlank = ({ bytes }: PhysicalLine): boolean =>
  bytes !== null && (bytes.length === 0 || (bytes.length === 1 && bytes[0] === 13));

/** `first` and the lines after it, up to the one that closes every quote or the first bound that is reached. */
async function takeRecord(
  first: PhysicalLine,
  next: () => Promise<PhysicalLine | undefined>,
): Promise<PhysicalLine[]> {
  const taken = [first];
  let open = hasOddQuotes(first);
  let length = first.bytes?.length ?? 0;
  while (open && taken.length < maxRecordLines && length <= maxRecordBytes) {
    const line = await next();
    if (!line) break;
    taken.push(line);
    if (!line.bytes) break;
    if (hasOddQuotes(line)) open = false;
    length += line.bytes.length + 1;
  }
  return taken;
}

function hasOddQuotes({ bytes }: PhysicalLine): boolean {
  let odd = false;
  for (let at = bytes?.indexOf(34) ?? -1; bytes && at !== -1; at = bytes.indexOf(34, at + 1)) {
    odd = !odd;
  }
  return odd;
}

function readFields(taken: readonly PhysicalLine[], width: number | undefined): readonly string[] {
  const texts = taken.map(({ bytes }) => {
    if (!bytes) throw new Malformed("row", `is longer than ${maxRecordBytes} bytes`);
    return fromUtf8(bytes, "row");
  });
  const whole = texts.join("\n").replace(/\r$/, "");
  if (whole.length > maxRecordBytes) {
    throw new Malformed("row", `is longer than ${maxRecordBytes} bytes`);
  }
  const fields = parseRecord(taken[0]?.number === 1 ? whole.replace(/^\uFEFF/, "") : whole);
  if (fields.some((field) => field.length > maxFieldLength)) {
    throw new Malformed("row", `has a field longer than ${maxFieldLength} characters`);
  }
  if (width !== undefined && fields.length !== width) {
    throw new Malformed("row", `has ${fields.length} fields where the header has ${width}`);
  }
  return fields;
}

function parseRecord(text: string): string[] {
  try {
    const records = parse(text, { record_delimiter: "\n", relax_column_count: true });
    const [fields] = records;
    if (records.length !== 1 || !fields) throw new Malformed("row", "is not one record");
    return fields;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new Malformed("row", `is not CSV (${error.code})`);
  }
}
