import { readFileSync } from "node:fs";
import { parseKey } from "../../functions/auditor/envelope.ts";
import type { LogVerdict } from "../../shared/audit/fold-log.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { parseBundlePath } from "../../shared/log/tile.ts";
import { type OpenBundle, type Openings, openBundle } from "../bundle/open.ts";
import { readTrusts } from "../bundle/trust.ts";
import { reading } from "../terminal/reading.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { readOwnNotes } from "./own-notes.ts";
import { type Verdict, type VerifyLog, verifierOf, verifyBundle } from "./verdict.ts";
import { startLogWorkers } from "./workers.ts";

/** What an auditor asks of a bundle in a folder. */
export interface Asked {
  readonly policy: string | undefined;
  readonly from?: readonly string[];
  readonly requireFull?: boolean;
  readonly how: Openings;
}

/** A bundle's verdict, and each log's own. */
export interface Verified {
  readonly bundle: OpenBundle;
  readonly verdict: Verdict;
  readonly logs: readonly LogVerdict[];
}

/** Fewer entries are verified before a worker has started. */
const worthWorkers = 1_000;

/** Verifies the bundle in `folder`, long logs side by side, with a bar of entries. Throws Unreadable. */
export async function verifyFolder(
  terminal: Terminal,
  folder: string,
  { policy, requireFull = false, how, ...asked }: Asked,
): Promise<Verified> {
  const trusts = policy === undefined ? undefined : reading(policy, () => readTrusts(policy));
  const from = readOwnNotes(asked.from ?? [], trusts);
  const bundle = reading(folder, () => openBundle(folder, how));
  const entries = entriesIn(bundle);
  const bar = terminal.progress("entries", entries);
  const apart = entries >= worthWorkers;
  const workers = apart ? startLogWorkers(folder, bundle.sources.length, how) : undefined;
  const logs: LogVerdict[] = [];
  const verify: VerifyLog = async (...log) => {
    const verdict = await (workers?.verify ?? verifierOf(bundle.sources))(...log);
    logs.push(verdict);
    return verdict;
  };
  const progress = (entries: number): void => bar.advance(entries);
  const questions = { from, requireFull };
  const verdict = await verifyBundle(bundle, trusts, progress, verify, questions).finally(() =>
    workers?.stop(),
  );
  bar.stop();
  return { bundle, verdict, logs };
}

/** How openings are read, from `--key FILE` and `--public`. Throws Unreadable. */
export function openingsGiven(given: { key?: string; public?: boolean }): Openings {
  const { key: file } = given;
  const key = file && reading(file, () => parseKey(readFileSync(file), "private"));
  return { publicOnly: given.public, ...(key ? { key } : {}) };
}

function entriesIn({ sources }: OpenBundle): number {
  let entries = 0;
  for (const file of sources.flatMap((source) => source.files())) {
    if (!file.startsWith("public/tile/entries/")) continue;
    try {
      entries += parseBundlePath(file.slice("public/".length)).width;
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
    }
  }
  return entries;
}
