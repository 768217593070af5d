import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import {
  parseCompletedName,
  parseDataName,
  parseStartedName,
} from "../../shared/qldb/export-names.ts";
import { field, ionList, ionString, readIon, structFields } from "../../shared/qldb/ion.ts";
import { reading, Unreadable } from "../terminal/reading.ts";

/** One data file of an export: where it lies and the blocks its name promises. */
export interface DataFile {
  readonly path: string;
  /** Relative to the export's folder. */
  readonly name: string;
  readonly strandId: string;
  readonly first: number;
  readonly last: number;
  readonly json: boolean;
  readonly sizeBytes: number;
}

/** An export as it lies in a folder: data files in the order of their blocks, and what its manifests say that isn't so. */
export interface JournalExport {
  readonly files: readonly DataFile[];
  readonly exportIds: readonly string[];
  readonly findings: readonly string[];
}

/** Files that a folder is searched for; an export has one for each hour, or more. */
const mostFiles = 200_000;
const manifestBytes = 16 * 1024 * 1024;

/** Opens the journal export, or the several of one journal, that was copied from S3 into `folder`. Throws Unreadable. */
export function openExport(folder: string): JournalExport {
  const paths = reading(folder, () => filesIn(folder));
  const files: DataFile[] = [];
  for (const path of paths) {
    const range = parseDataName(basename(path));
    if (!range) continue;
    const name = relative(folder, path).replaceAll(sep, "/");
    files.push({ path, name, sizeBytes: statSync(path).size, ...range });
  }
  if (files.length === 0) {
    throw new Unreadable(
      `${folder} holds no data object of a journal export ({strandId}.{first}-{last}.ion or .json)`,
    );
  }
  files.sort((a, b) => a.first - b.first || a.last - b.last || (a.name < b.name ? -1 : 1));
  return { files, ...manifests(folder, paths, files) };
}

/** What the manifests name and isn't there, and what is there and no manifest names. */
function manifests(
  folder: string,
  paths: readonly string[],
  files: readonly DataFile[],
): Pick<JournalExport, "exportIds" | "findings"> {
  const findings: string[] = [];
  const listed = new Set<DataFile>();
  const done = new Set<string>();
  // A name says strand and blocks, so it is the only one of its kind; folders are hours.
  const byName = new Map(files.map((file) => [basename(file.path), file]));
  for (const path of paths) {
    const completed = parseCompletedName(basename(path));
    if (!completed) continue;
    done.add(completed.exportId);
    for (const key of keysIn(path)) {
      const file = byName.get(key.slice(key.lastIndexOf("/") + 1));
      if (file) listed.add(file);
      else findings.push(`${relative(folder, path)} lists ${printable(key)}, which is missing`);
    }
  }
  const started = paths
    .map((path) => parseStartedName(basename(path)))
    .filter((id) => id !== undefined);
  for (const id of started) {
    if (!done.has(id))
      findings.push(`export ${id} was started, and no manifest says that it was completed`);
  }
  if (done.size === 0 && started.length === 0)
    findings.push("there is no manifest: whether files are missing at the end can't be told");
  if (done.size > 0) {
    for (const file of files) {
      if (!listed.has(file)) findings.push(`${file.name} is in no manifest`);
    }
  }
  return { exportIds: [...new Set([...done, ...started])], findings };
}

function keysIn(path: string): string[] {
  return reading(path, () => {
    if (statSync(path).size > manifestBytes)
      throw new Unreadable(`${path} is over ${manifestBytes} bytes`);
    const fields = structFields(readIon(readFileSync(path), "manifest"), "manifest");
    return ionList(field(fields, "keys", "manifest"), "manifest.keys").map((key) =>
      ionString(key, "manifest.keys"),
    );
  });
}

const printable = (text: string): string => text.replace(/[^\w./-]/g, "?").slice(0, 300);

function filesIn(folder: string): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) found.push(join(entry.parentPath, entry.name));
    if (found.length > mostFiles) throw new Unreadable(`${folder} holds over ${mostFiles} files`);
  }
  return found.sort();
}

const chunkBytes = 1 << 20;

/** The bytes of the file, a megabyte at a time; `read` hears how many each time. Throws Unreadable. */
export function* chunksOf(path: string, read: (bytes: number) => void): Generator<Uint8Array> {
  const descriptor = reading(path, () => openSync(path, "r"));
  try {
    for (;;) {
      const chunk = new Uint8Array(chunkBytes);
      const length = reading(path, () => readSync(descriptor, chunk));
      if (length === 0) return;
      read(length);
      yield chunk.subarray(0, length);
    }
  } finally {
    closeSync(descriptor);
  }
}
