import { readFileSync } from "node:fs";
import { parseKey } from "../../functions/auditor/envelope.ts";
import { signedSize } from "../../functions/command/signed-size.ts";
import { type PastLog, pastLog } from "../../functions/shadow/past-log.ts";
import type { LogSource } from "../../shared/audit/source.ts";
import { openPlatform } from "../audit/open-platform.ts";
import { openBundle } from "../bundle/open.ts";
import { reading } from "../terminal/reading.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Where the past is: an audit bundle with its openings, or the data of a platform of this machine. */
export interface Past {
  readonly from: string | undefined;
  readonly key: string | undefined;
  readonly data: string;
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
      const bar = terminal.progress(insurer, Number(await signedSize(access.published, insurer)));
      const log = await pastLog(access, insurer, (some) => bar.advance(some));
      bar.stop();
      if (log.entries > 0) await each(log);
    }
  } finally {
    await access.stop();
  }
}

/** Entries of a log by the names of its files; what they hold is for the audit to say. */
const entriesIn = (source: LogSource): number =>
  source
    .files()
    .filter((file) => file.startsWith("public/tile/entries/"))
    .reduce((sum, file) => sum + Number(/\.p\/(\d+)$/.exec(file)?.[1] ?? 256), 0);
