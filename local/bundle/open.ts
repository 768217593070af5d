import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { JWK } from "jose";
import { closedEnding, openWith } from "../../functions/auditor/envelope.ts";
import { fileHash, manifestName, parseManifest } from "../../functions/auditor/manifest.ts";
import { logOf } from "../../functions/shadow/past-log.ts";
import { type Finding, finding } from "../../shared/audit/finding.ts";
import type { LogSource } from "../../shared/audit/source.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { Unreadable } from "../terminal/reading.ts";
import { walk } from "./manifest.ts";

/** How an auditor reads openings: with the key that opens closed ones, or not at all. */
export interface Openings {
  readonly key?: JWK | undefined;
  readonly publicOnly?: boolean | undefined;
}

/** An opened bundle: its insurers' logs, and what is wrong with its files. */
export interface OpenBundle {
  readonly sources: readonly LogSource[];
  readonly findings: readonly Finding[];
}

/**
 * Opens the bundle in `folder` and holds every file against the manifest: missing, changed, unlisted, or replaced by a link. Only plain files
 * that the manifest lists are read later, and never through a link. Throws Unreadable, also where openings are closed and nothing opens them.
 */
export function openBundle(folder: string, how: Openings = {}): OpenBundle {
  const manifest = readManifest(folder);
  const { files, odd } = walk(folder);
  if (!how.key && !how.publicOnly && files.some(isClosed)) {
    throw new Unreadable(
      `${folder}: its openings are encrypted: give --key FILE, or --public to check the public part only`,
    );
  }
  const found: Finding[] = [];
  const add = (file: string, code: Finding["code"], expected: string, what: string): void => {
    found.push(finding(file.split("/")[0] ?? "", code, { file }, expected, what));
  };
  for (const file of odd) add(file, "link", "a plain file", "a link or another kind of file");
  if (manifest instanceof Malformed) {
    const at = { file: manifestName };
    found.push(finding("", "manifest-malformed", at, "a manifest", manifest.message));
    return { sources: sourcesOf(folder, files, how), findings: found };
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
  return { sources: sourcesOf(folder, files, how), findings: found };
}

function readManifest(folder: string) {
  let bytes: Uint8Array;
  try {
    if (!lstatSync(join(folder, manifestName)).isFile()) {
      throw new Unreadable(`${folder} has no manifest`);
    }
    bytes = readFileSync(join(folder, manifestName));
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    throw new Unreadable(`${folder} is no bundle: its manifest can't be read`, { cause: error });
  }
  try {
    return parseManifest(bytes);
  } catch (error) {
    if (error instanceof Malformed) return error;
    throw error;
  }
}

function sourcesOf(folder: string, files: readonly string[], how: Openings): LogSource[] {
  const byInsurer = new Map<string, string[]>();
  for (const path of files) {
    const [insurer = "", ...rest] = path.split("/");
    if (rest.length === 0) continue;
    const own = byInsurer.get(insurer) ?? [];
    own.push(rest.join("/"));
    byInsurer.set(insurer, own);
  }
  return [...byInsurer].map(([insurer, own]) => sourceOf(join(folder, insurer), insurer, own, how));
}

const isClosed = (path: string): boolean => /^[^/]+\/openings\/(payments\/)?[^/]+\.jwe$/.test(path);

/** The log of `insurer` below `folder`; only `files`, as the manifest's check found them, are ever read. */
export const sourceOf = (
  folder: string,
  insurer: string,
  files: readonly string[],
  how: Openings = {},
): LogSource => logSource(insurer, files, (file) => readFileSync(join(folder, file)), how);

/**
 * The log of `insurer` whose `files` lie where `bytesOf` reads them. A file that is there closed only is opened with the key; `read` throws
 * Malformed where that fails.
 */
export function logSource(
  insurer: string,
  files: readonly string[],
  bytesOf: (file: string) => Uint8Array,
  { key, publicOnly = false }: Openings = {},
): LogSource {
  const present = new Set(files);
  const plain = (file: string): Uint8Array | undefined =>
    present.has(file) ? bytesOf(file) : undefined;
  const read = async (file: string): Promise<Uint8Array | undefined> => {
    const closed = key && !present.has(file) ? plain(`${file}${closedEnding}`) : undefined;
    return key && closed ? openWith(key, closed) : plain(file);
  };
  return { ...logOf(insurer, files, read), publicOnly };
}
