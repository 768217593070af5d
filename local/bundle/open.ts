import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Finding, finding } from "../../shared/audit/finding.ts";
import type { LogSource } from "../../shared/audit/source.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { fileHash, manifestName, parseManifest, walk } from "./manifest.ts";

/** A bundle that can't be opened at all: absent, unreadable or without a manifest. */
export class NoBundle extends Error {
  override readonly name = "NoBundle";
}

/** An opened bundle: its insurers' logs, and what is wrong with its files. */
export interface OpenBundle {
  readonly sources: readonly LogSource[];
  readonly findings: readonly Finding[];
}

/**
 * Opens the bundle in `folder` and holds every file against the manifest: missing, changed, unlisted, or replaced by a link. Only plain files
 * that the manifest lists are read later, and never through a link. Throws NoBundle.
 */
export function openBundle(folder: string): OpenBundle {
  const manifest = readManifest(folder);
  const { files, odd } = walk(folder);
  const found: Finding[] = [];
  const add = (file: string, code: Finding["code"], expected: string, what: string): void => {
    found.push(finding(file.split("/")[0] ?? "", code, { file }, expected, what));
  };
  for (const file of odd) add(file, "link", "a plain file", "a link or another kind of file");
  if (manifest instanceof Malformed) {
    const at = { file: manifestName };
    found.push(finding("", "manifest-malformed", at, "a manifest", manifest.message));
    return { sources: sourcesOf(folder, files), findings: found };
  }
  const present = new Set(files);
  const listed = new Set(manifest.map(({ path }) => path));
  for (const { path, size, hash } of manifest) {
    if (!present.has(path)) {
      if (!odd.includes(path)) add(path, "file-missing", "a listed file", "nothing");
      continue;
    }
    const bytes = readFileSync(join(folder, path));
    if (bytes.length !== size || fileHash(bytes) !== hash) {
      add(path, "file-changed", `${size} bytes with SHA-256 ${hash}`, `SHA-256 ${fileHash(bytes)}`);
    }
  }
  for (const path of files) {
    if (path !== manifestName && !listed.has(path)) {
      add(path, "file-unlisted", "only files the manifest lists", "a file it does not list");
    }
  }
  return { sources: sourcesOf(folder, files), findings: found };
}

function readManifest(folder: string) {
  let bytes: Uint8Array;
  try {
    if (!lstatSync(join(folder, manifestName)).isFile()) {
      throw new NoBundle(`${folder} has no manifest`);
    }
    bytes = readFileSync(join(folder, manifestName));
  } catch (error) {
    if (error instanceof NoBundle) throw error;
    throw new NoBundle(`${folder} is no bundle: its manifest can't be read`, { cause: error });
  }
  try {
    return parseManifest(bytes);
  } catch (error) {
    if (error instanceof Malformed) return error;
    throw error;
  }
}

function sourcesOf(folder: string, files: readonly string[]): LogSource[] {
  const byInsurer = new Map<string, string[]>();
  for (const path of files) {
    const [insurer = "", ...rest] = path.split("/");
    if (rest.length === 0) continue;
    const own = byInsurer.get(insurer) ?? [];
    own.push(rest.join("/"));
    byInsurer.set(insurer, own);
  }
  return [...byInsurer].map(([insurer, own]) => sourceOf(join(folder, insurer), insurer, own));
}

/** The log of `insurer` below `folder`; only `files`, as the manifest's check found them, are ever read. */
export function sourceOf(folder: string, insurer: string, files: readonly string[]): LogSource {
  const present = new Set(files);
  const read = async (file: string): Promise<Uint8Array | undefined> =>
    present.has(file) ? readFileSync(join(folder, file)) : undefined;
  return {
    insurer,
    read,
    files: () => files,
    checkpoint: () => read("public/checkpoint"),
    notes: async () =>
      files
        .flatMap((file) => {
          const size = /^public\/checkpoints\/([1-9][0-9]{0,18})$/.exec(file)?.[1];
          return size === undefined ? [] : [{ size: BigInt(size), file }];
        })
        .sort((a, b) => (a.size < b.size ? -1 : 1)),
  };
}
