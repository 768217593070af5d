import type { LogSource } from "../../shared/audit/source.ts";
import { type ExportPorts, exportLog } from "../auditor/export-log.ts";

/** A log as the files that `read` gives: those of `files`, by their names in the insurer's folder of a bundle. */
export const logOf = (
  insurer: string,
  files: readonly string[],
  read: LogSource["read"],
): LogSource => ({
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
});

/** A log in memory, and how many entries it has. */
export interface PastLog {
  readonly source: LogSource;
  readonly entries: number;
}

/**
 * An insurer's log as an export of it in memory, up to the shown checkpoint of `upTo` or the newest: with its historic notes, without which the audit would
 * find one missing. `pause` is waited for between files. Throws Unavailable; Malformed where it can't be read.
 */
export async function pastLog(
  ports: ExportPorts,
  insurer: string,
  progress: (entries: number) => void,
  upTo?: bigint,
  pause: () => Promise<void> = async () => undefined,
): Promise<PastLog> {
  const files = new Map<string, Uint8Array>();
  const keep = async (path: string, bytes: Uint8Array): Promise<void> => {
    files.set(path.slice(insurer.length + 1), bytes);
    await pause();
  };
  const entries = await exportLog(ports, insurer, keep, progress, upTo);
  const read = async (file: string): Promise<Uint8Array | undefined> => {
    await pause();
    return files.get(file);
  };
  return { source: logOf(insurer, [...files.keys()].sort(), read), entries };
}
