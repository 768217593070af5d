import { type Day, formatDay } from "../base/day.ts";
import { Malformed } from "../base/malformed.ts";
import { parseBundlePath, parseTilePath } from "../log/tile.ts";
import { insurerSchema } from "./insurer-id.ts";
import { json, text } from "./media-type.ts";

/** One published file of an insurer's log: where it lies in the store of all logs, and how HTTP shows it. */
export interface LogFile {
  readonly kind: "checkpoint" | "tile" | "entries" | "pack" | "trust";
  readonly key: string;
  readonly contentType: string;
  readonly cacheControl: string;
}

const immutable = "public, max-age=31536000, immutable";

/** The key of `path` of the log of `insurer` in the one published store. */
export const publishedKey = (insurer: string, path: string): string => `${insurer}/${path}`;

/** The key of `path` in the copy of the log's right edge that was made on `day`. */
export const edgeKey = (insurer: string, day: Day, path: string): string =>
  publishedKey(insurer, `edges/${formatDay(day)}/${path}`);

/** The two files of a log's trust policy, by what their name ends in: published for whoever holds them against what they have from elsewhere. */
export const trustFiles = ["policy", "require"] as const;
export type TrustFile = (typeof trustFiles)[number];

/** Where in the published store a log's trust policy lies. */
export const trustKey = (insurer: string, file: TrustFile): string =>
  publishedKey(insurer, `log.${file}`);

/**
 * Whether a published object changes or goes: the newest checkpoint, the trust policy, and partial tiles and bundles, which full ones replace. All others
 * are put once and stay as long as the log is kept, so their bucket may be locked.
 */
export const isLive = (key: string): boolean =>
  /^[^/]+\/(checkpoint|log\.(policy|require)|tile\/.+\.p\/[0-9]{1,3})$/.test(key);

/**
 * The file that `path` of the log of `insurer` names: `checkpoint`, a note that was one (`checkpoints/<size>`), a rule pack's text
 * (`packs/<hash>.json`), a hash tile or an entry bundle, each spelt exactly as its format spells it. Any other path is Malformed.
 */
export function logFile(insurer: string, path: string): LogFile {
  if (!insurerSchema.safeParse(insurer).success) throw new Malformed("insurer", "is not an id");
  const key = publishedKey(insurer, path);
  if (path === "checkpoint") {
    return { kind: "checkpoint", key, contentType: text, cacheControl: "no-cache" };
  }
  if (/^checkpoints\/[1-9][0-9]{0,18}$/.test(path)) {
    return { kind: "checkpoint", key, contentType: text, cacheControl: immutable };
  }
  if (/^packs\/[0-9a-f]{64}\.json$/.test(path)) {
    return { kind: "pack", key, contentType: json, cacheControl: immutable };
  }
  const contentType = "application/octet-stream";
  if (path.startsWith("tile/entries/")) {
    parseBundlePath(path);
    return { kind: "entries", key, contentType, cacheControl: "private, no-store" };
  }
  parseTilePath(path);
  return { kind: "tile", key, contentType, cacheControl: immutable };
}

/** The file `<insurer>.policy` or `<insurer>.require` of `/.well-known/countersign/`. Any other name is Malformed. */
export function wellKnownFile(name: string): LogFile {
  const [, insurer = "", ending] = /^([^.]+)\.([a-z]+)$/.exec(name) ?? [];
  const file = trustFiles.find((one) => one === ending);
  if (file === undefined || !insurerSchema.safeParse(insurer).success) {
    throw new Malformed("well-known name", "is no trust policy's");
  }
  const key = trustKey(insurer, file);
  return { kind: "trust", key, contentType: text, cacheControl: "no-cache" };
}

/** How HTTP shows the published object at `key`: its type, and how long it may be kept. Nothing for what has no path, as copies of a log's right edge. */
export function shownHeaders(key: string): Readonly<Record<string, string>> {
  const [, insurer = "", path = ""] = /^([^/]+)\/(.+)$/.exec(key) ?? [];
  const [, ending] = /^log\.([a-z]+)$/.exec(path) ?? [];
  try {
    const file = ending ? wellKnownFile(`${insurer}.${ending}`) : logFile(insurer, path);
    return { "content-type": file.contentType, "cache-control": file.cacheControl };
  } catch (error) {
    if (error instanceof Malformed) return {};
    throw error;
  }
}

/** The file that a public path serves as it lies, entry bundles apart: they need an auditor's token. Any other path is Malformed. */
export function servedFile(rawPath: string): LogFile {
  const [, name] = /^\/\.well-known\/countersign\/([^/]+)$/.exec(rawPath) ?? [];
  if (name !== undefined) return wellKnownFile(name);
  const [, insurer = "", path = ""] = /^\/logs\/([^/]*)\/(.*)$/.exec(rawPath) ?? [];
  const file = logFile(insurer, path);
  if (file.kind === "entries") throw new Malformed("path", "is no public file's");
  return file;
}
