import { readFileSync } from "node:fs";
import { parseKey } from "../../functions/auditor/envelope.ts";
import { exportLog } from "../../functions/auditor/export-log.ts";
import { signedSize } from "../../functions/command/signed-size.ts";
import type { LogSource } from "../../shared/audit/source.ts";
import { openPlatform } from "../audit/open-platform.ts";
import { logSource, openBundle } from "../bundle/open.ts";
import { reading } from "../terminal/reading.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Where the past is: an audit bundle with its openings, or the data of a platform of this machine. */
export interface Past {
  readonly from: string | undefined;
  readonly key: string | undefined;
  readonly data: string;
}

/** One insurer's log with its openings. */
export interface PastLog {
  readonly source: LogSource;
  readonly entries: number;
}

/** Hands each log of `past` to `each`, one after another: of a platform only one is in memory at a time. Throws Unreadable. */
export async function eachPastLog(
  terminal: Terminal,
  { from, key: file, data }: Past,
  env: NodeJS.ProcessEnv,
  each: (log: PastLog) => Promise<void>,
): Promise<void> {
  if (from !== undefined) {
    const key = file && reading(file, () => parseKey(readFileSync(file), "private"));
    const { sources } = reading(from, () => openBundle(from, key ? { key } : {}));
    for (const source of sources) await each({ source, entries: entriesIn(source) });
    return;
  }
  const access = await openPlatform(terminal, data, env);
  try {
    for (const insurer of await access.insurers()) {
      const files = new Map<string, Uint8Array>();
      const bar = terminal.progress(insurer, Number(await signedSize(access.published, insurer)));
      const keep = (path: string, bytes: Uint8Array): void => {
        files.set(path.slice(insurer.length + 1), bytes);
      };
      const entries = await exportLog(access, insurer, keep, (some) => bar.advance(some));
      bar.stop();
      if (entries > 0) await each({ source: inMemory(insurer, files), entries });
    }
  } finally {
    await access.stop();
  }
}

/** A log as an export of it in memory: with its historic notes, without which the audit would find one missing. */
function inMemory(insurer: string, files: ReadonlyMap<string, Uint8Array>): LogSource {
  const bytesOf = (file: string): Uint8Array => files.get(file) ?? new Uint8Array();
  return logSource(insurer, [...files.keys()], bytesOf);
}

/** Entries of a log by the names of its files; what they hold is for the audit to say. */
const entriesIn = (source: LogSource): number =>
  source
    .files()
    .filter((file) => file.startsWith("public/tile/entries/"))
    .reduce((sum, file) => sum + Number(/\.p\/(\d+)$/.exec(file)?.[1] ?? 256), 0);
