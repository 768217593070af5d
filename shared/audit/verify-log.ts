import type { Checkpoint } from "../log/checkpoint.ts";
import { provenDigest } from "../qldb/kept-revision.ts";
import { foldLog, type LogVerdict } from "./fold-log.ts";
import type { LogSource } from "./source.ts";
import type { Trust } from "./verify-notes.ts";

/**
 * Audits one log of a bundle (docs/spec/audit-bundle.md): its notes, every entry re-hashed, every historic root, every tile, every record's chain,
 * every opening, and every act re-executed on the auditor's own fold. `trust` is undefined when the auditor has no policy. `progress` is told
 * each entry. `from` is the auditor's own note of an earlier audit: the log must begin with its tree. All of it is checked and folded again
 * nevertheless, since an act rests on everything before it.
 */
export async function verifyLog(
  source: LogSource,
  origin: string | undefined,
  trust: Trust | undefined,
  progress: (entries: number) => void,
  from?: Checkpoint,
): Promise<LogVerdict> {
  return (await foldLog(source, origin, trust, progress, { from, provenDigest })).verdict;
}
