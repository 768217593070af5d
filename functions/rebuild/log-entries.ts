import type { LogSource } from "../../shared/audit/source.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { minuteStart } from "../../shared/base/instant.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { parseBundle } from "../../shared/log/bundle.ts";
import { leafHash } from "../../shared/log/hash.ts";
import { bundlePath, fullWidth, newBundles } from "../../shared/log/tile.ts";
import { type LedgerRecord, parseRecord } from "../../shared/record/record.ts";

/** One entry of a log, with the order it gets anew: above that of every entry before it, from its record's minute on. */
export interface LogEntry {
  readonly index: bigint;
  readonly bytes: Uint8Array;
  readonly record: LedgerRecord;
  readonly leafHash: Uint8Array;
  readonly ord: Instant;
}

/** How many leaves a record's sealed tree has: none if it is public. */
export const sealedSizeOf = ({ body }: LedgerRecord): number =>
  "sealed" in body ? body.sealed.size : 0;

/** The entries of a log of `size`, bundle by bundle. A bundle that is missing or broken, or a record that is none, is Malformed, named by its file. */
export async function* logEntries(
  source: Pick<LogSource, "read">,
  size: bigint,
): AsyncIterable<readonly LogEntry[]> {
  let ord = 0n;
  for (const id of newBundles(0n, size)) {
    const path = bundlePath(id);
    const bytes = await source.read(`public/${path}`);
    if (bytes === undefined) throw new Malformed(path, "is missing, and no kept edge has it");
    yield parseBundle(bytes, id.width, path).map((entry, n) => {
      const index = id.index * BigInt(fullWidth) + BigInt(n);
      const record = recordAt(entry, path, index);
      const minute = minuteStart(record.time);
      ord = (minute > ord ? minute : ord) + 1n;
      return { index, bytes: entry, record, leafHash: leafHash(entry), ord };
    });
  }
}

function recordAt(entry: Uint8Array, path: string, index: bigint): LedgerRecord {
  try {
    return parseRecord(entry);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new Malformed(path, `entry ${index} is no record: ${error.message}`);
  }
}
