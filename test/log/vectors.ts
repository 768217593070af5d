import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { test } from "@jest/globals";

const folder = join(process.env.COUNTERSIGN_SHARED ?? "../shared", "vectors");

/** Whether the known answers are on this machine. */
export const vectorsAreHere = existsSync(join(folder, "README.md"));

/** `test` where the known answers are on this machine, else a test reported as skipped. */
export const testWithVectors: (name: string, run: () => void | Promise<void>) => void =
  vectorsAreHere ? test : test.skip;

/** The bytes of one file of known answers; a name in .gz is unpacked. */
export function readVectors(path: string): Buffer {
  const bytes = readFileSync(join(folder, path));
  return path.endsWith(".gz") ? gunzipSync(bytes) : bytes;
}

/** The files of a POSIX tar archive by name, without a leading "./". */
export function readTar(archive: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (let offset = 0; archive[offset]; ) {
    const header = archive.subarray(offset, offset + 512);
    const name = header.subarray(0, 100).toString().split("\0")[0] ?? "";
    const size = Number.parseInt(header.subarray(124, 136).toString(), 8);
    const kind = String.fromCharCode(header[156] ?? 0);
    const body = archive.subarray(offset + 512, offset + 512 + size);
    if (kind === "0" || kind === "\0") files.set(name.replace(/^\.\//, ""), body);
    offset += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}
