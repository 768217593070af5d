import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { maxNoteBytes } from "../../shared/log/note.ts";
import { fullWidth } from "../../shared/log/tile.ts";
import { maxRecordBytes } from "../../shared/record/record.ts";
import { reading, Unreadable } from "../terminal/reading.ts";

/** The files of one published log, by their paths in it (`checkpoint`, `tile/…`). Throws Unreadable where they can't be had. */
export interface LogFiles {
  /** What a person calls it. */
  readonly name: string;
  read(path: string): Promise<Uint8Array | undefined>;
}

const mostBundleBytes = fullWidth * (maxRecordBytes + 2);
const mostTileBytes = fullWidth * 32;

/** Most bytes the file at `path` of a log can have. */
function mostBytes(path: string): number {
  if (path.startsWith("tile/entries/")) return mostBundleBytes;
  return path.startsWith("tile/") ? mostTileBytes : maxNoteBytes;
}

/**
 * The log at `place`: the https address of a log (http on this machine only), a published log's folder, or a bundle's folder, of which
 * `insurer` names one of several logs. `token` is sent with entry bundles only.
 */
export function logFiles(
  place: string,
  insurer: string | undefined,
  token: string | undefined,
): LogFiles {
  return isAddress(place) ? logAt(place, token) : logIn(place, insurer);
}

/** Whether `place` is an address rather than a folder. */
export const isAddress = (place: string): boolean => /^https?:\/\//.test(place);

function logIn(folder: string, insurer: string | undefined): LogFiles {
  const at = reading(folder, () => logFolder(folder, insurer));
  const read = async (path: string): Promise<Uint8Array | undefined> => {
    const file = join(at, path);
    if (!existsSync(file)) return undefined;
    return reading(file, () => {
      if (statSync(file).size > mostBytes(path)) throw new Unreadable(`${file} is too long`);
      return new Uint8Array(readFileSync(file));
    });
  };
  return { name: at, read };
}

/** The folder that holds `checkpoint`: `folder` itself, or the `<insurer>/public` or `<insurer>` in it. */
function logFolder(folder: string, insurer: string | undefined): string {
  const places = (within: string) => [join(folder, within, "public"), join(folder, within)];
  if (insurer === undefined && existsSync(join(folder, "checkpoint"))) return folder;
  const names = insurer === undefined ? readdirSync(folder) : [insurer];
  const found = names.flatMap((name) => {
    const at = places(name).find((place) => existsSync(join(place, "checkpoint")));
    return at === undefined ? [] : [at];
  });
  const [only, ...more] = found;
  if (only === undefined) throw new Unreadable(`${folder} holds no such log`);
  if (more.length > 0) throw new Unreadable(`${folder} holds several logs: name one by --insurer`);
  return only;
}

const timeoutMs = 30_000;
const tries = 4;
const loopback = new Set(["localhost", "127.0.0.1", "[::1]"]);

function logAt(address: string, token: string | undefined): LogFiles {
  const text = address.replace(/\/?$/, "/");
  const base = URL.canParse(text) ? new URL(text) : undefined;
  if (!base || base.search || base.hash || base.username) {
    throw new Unreadable(`${address} is no log's address`);
  }
  if (base.protocol === "http:" && !loopback.has(base.hostname)) {
    throw new Unreadable(`${address}: http is for this machine only, use https`);
  }
  return {
    name: base.href,
    read: async (path) => {
      const headers: Record<string, string> =
        token && path.startsWith("tile/entries/") ? { authorization: `Bearer ${token}` } : {};
      for (let pauseMs = 250, left = tries; ; pauseMs *= 2) {
        const answer = await fetchOnce(new URL(path, base), headers, mostBytes(path));
        if (answer !== "again") return answer;
        if (--left === 0)
          throw new Unreadable(`${base.href}${path}: no answer after ${tries} tries`);
        await sleep(pauseMs);
      }
    },
  };
}

/** The file; undefined where there is none; "again" where it may be there later. Never follows a redirect: a token stays where it was sent. */
async function fetchOnce(
  url: URL,
  headers: Readonly<Record<string, string>>,
  most: number,
): Promise<Uint8Array | undefined | "again"> {
  const signal = AbortSignal.timeout(timeoutMs);
  let response: Response;
  try {
    response = await fetch(url, { headers, signal, redirect: "error" });
  } catch {
    return "again";
  }
  const { status, body } = response;
  if (status !== 200) {
    await body?.cancel();
    if (status === 404) return undefined;
    if (status === 429 || status >= 500) return "again";
    throw new Unreadable(`${url.href}: answered ${status}`);
  }
  return bounded(response, most).catch((error: unknown) => {
    if (error instanceof Unreadable) throw error;
    return "again" as const;
  });
}

async function bounded({ body, url }: Response, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > most) throw new Unreadable(`${url} is longer than ${most} bytes`);
    chunks.push(chunk);
  }
  return Uint8Array.from(Buffer.concat(chunks));
}
