import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseManifest } from "../../functions/auditor/manifest.ts";
import { logSource, type OpenBundle } from "../../local/bundle/open.ts";

/** A bundle's files, by path; without its manifest. */
export type BundleFiles = ReadonlyMap<string, Uint8Array>;

/** The files of the closed bundle in `folder`. */
export const filesOf = (folder: string): BundleFiles =>
  new Map(
    parseManifest(readFileSync(join(folder, "manifest"))).map(({ path }) => [
      path,
      new Uint8Array(readFileSync(join(folder, path))),
    ]),
  );

/** The bundle of `files`, whose manifest was made to fit: whoever holds the folder can do that. With `publicOnly` an auditor without openings opens it. */
export function fittingBundle(files: BundleFiles, publicOnly = false): OpenBundle {
  const folders = Map.groupBy(files.keys(), (path) => path.slice(0, path.indexOf("/")));
  const sources = [...folders].map(([folder, paths]) => {
    const own = paths.map((path) => path.slice(folder.length + 1));
    const bytesOf = (file: string) => files.get(`${folder}/${file}`) ?? new Uint8Array();
    return logSource(folder, own, bytesOf, { publicOnly });
  });
  return { sources, findings: [] };
}

/** `bytes` with one bit of the byte at `at` another: unless told never the highest, which would only be no UTF-8. */
export const flipped = (bytes: Uint8Array, at: number, bit: number = at % 7): Uint8Array =>
  bytes.with(at, (bytes[at] ?? 0) ^ (1 << bit));

/** `count` places of `bytes` at equal distances, in the middle of each stretch. */
export const spread = (bytes: Uint8Array, count: number): number[] =>
  Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * bytes.length) / count));
