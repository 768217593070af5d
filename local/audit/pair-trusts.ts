import type { LogSource } from "../../shared/audit/source.ts";
import type { Trust } from "../../shared/audit/verify-notes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { parseCheckpoint } from "../../shared/log/checkpoint.ts";
import { parseNote } from "../../shared/log/note.ts";

/** The last part of an origin: the name of its log's folder. */
export const insurerOf = (origin: string): string => origin.slice(origin.lastIndexOf("/") + 1);

/** A log of a bundle, the trust policy it is held against, and the origin that stands for it in either. */
export interface Paired {
  readonly source: LogSource;
  readonly trust: Trust | undefined;
  /** The policy's origin, else the one its own newest note claims. */
  readonly origin: string | undefined;
}

/**
 * Which of the trust policies, by origin, each log is held against: one whose origin ends in the folder's name and, where several do, the one
 * that the newest note claims. Also the origins of policies that are left without a log.
 */
export async function pairTrusts(
  sources: readonly LogSource[],
  trusts: ReadonlyMap<string, Trust>,
): Promise<{ readonly pairs: readonly Paired[]; readonly unpaired: readonly string[] }> {
  const unpaired = new Set(trusts.keys());
  const pairs: Paired[] = [];
  for (const source of sources) {
    const candidates = [...trusts.keys()].filter((origin) => insurerOf(origin) === source.insurer);
    const claimed = await claimedOrigin(source);
    const origin = candidates.find((candidate) => candidate === claimed) ?? candidates[0];
    if (origin !== undefined) unpaired.delete(origin);
    const trust = origin === undefined ? undefined : trusts.get(origin);
    pairs.push({ source, trust, origin: origin ?? claimed });
  }
  return { pairs, unpaired: [...unpaired] };
}

async function claimedOrigin(source: LogSource): Promise<string | undefined> {
  const note = await source.checkpoint();
  try {
    return note && parseCheckpoint(parseNote(note, "note").text).origin;
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}
