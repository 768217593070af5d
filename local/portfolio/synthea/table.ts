import { createReadStream } from "node:fs";
import { access } from "node:fs/promises";
import { join } from "node:path";
import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { Malformed } from "../../../shared/base/malformed.ts";
import { PortfolioError, type Rejection } from "../portfolio.ts";
import { csvRecords, maxRecordBytes } from "./csv-records.ts";
import { physicalLines } from "./physical-lines.ts";

/** The wanted columns of one row, as text. */
export type Row<C extends string> = Readonly<Record<C, string>>;

const maxFileBytes = 4 * 1024 ** 3;

/** The file that holds table `name` in `dir`: `name.csv.gz`, else `name.csv`. Throws PortfolioError when there is neither. */
export async function locate(dir: string, name: string): Promise<string> {
  for (const file of [`${name}.csv.gz`, `${name}.csv`]) {
    try {
      await access(join(dir, file));
      return file;
    } catch (error) {
      if (codeOf(error) !== "ENOENT" && codeOf(error) !== "ENOTDIR") throw unreadable(file, error);
    }
  }
  throw new PortfolioError(`${dir} has neither ${name}.csv.gz nor ${name}.csv.`);
}

/**
 * Hands each row of `file` to `read`, columns found by header name. A row that can't be read, or for which `read` throws Malformed, goes to
 * `rejected` and stops nothing. Throws PortfolioError when the file can't be read or lacks a column.
 */
export async function eachRow<C extends string>(
  dir: string,
  file: string,
  columns: readonly C[],
  rejected: Rejection[],
  read: (row: Row<C>, line: number) => void,
): Promise<void> {
  const lines = physicalLines(chunksOf(join(dir, file), file), maxRecordBytes);
  const records = csvRecords(lines);
  const { value: header, done } = await records.next();
  const places = placesOf(file, columns, done || "fault" in header ? [] : header.fields);
  for await (const record of records) {
    const reject = (reason: string) => rejected.push({ file, line: record.line, reason });
    if ("fault" in record) reject(record.fault);
    else {
      try {
        read(pick(record.fields, places), record.line);
      } catch (error) {
        if (!(error instanceof Malformed)) throw error;
        reject(error.message);
      }
    }
  }
}

function placesOf<C extends string>(
  file: string,
  columns: readonly C[],
  header: readonly string[],
): readonly (readonly [C, number])[] {
  return columns.map((column) => {
    const place = header.indexOf(column);
    if (place === -1) throw new PortfolioError(`${file} has no column ${column}.`);
    if (header.indexOf(column, place + 1) !== -1) {
      throw new PortfolioError(`${file} has the column ${column} twice.`);
    }
    return [column, place];
  });
}

const pick = <C extends string>(
  fields: readonly string[],
  places: readonly (readonly [C, number])[],
): Row<C> =>
  Object.fromEntries(places.map(([column, place]) => [column, fields[place] ?? ""])) as Row<C>;

/** The bytes of `path`, decompressed when its name ends in .gz. */
async function* chunksOf(path: string, file: string): AsyncGenerator<Buffer> {
  const raw = createReadStream(path);
  const bytes: Readable = path.endsWith(".gz") ? pipeline(raw, createGunzip(), () => {}) : raw;
  let read = 0;
  try {
    for await (const chunk of bytes) {
      read += chunk.length;
      if (read > maxFileBytes) throw new PortfolioError(`${file} holds more than 4 GiB.`);
      yield chunk;
    }
  } catch (error) {
    throw error instanceof PortfolioError ? error : unreadable(file, error);
  }
}

const unreadable = (file: string, error: unknown): PortfolioError =>
  new PortfolioError(`${file} can't be read (${codeOf(error) ?? "unknown error"}).`, {
    cause: error,
  });

const codeOf = (error: unknown): string | undefined =>
  typeof error === "object" && error !== null && "code" in error ? String(error.code) : undefined;
