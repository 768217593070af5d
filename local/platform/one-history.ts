import type { LogAlarm } from "../../functions/publisher/alarm.ts";
import { type ShowingPorts, shownCheckpoint } from "../../functions/publisher/checkpoint.ts";
import type { LogPorts } from "../../functions/publisher/ports.ts";
import { equal } from "../../shared/base/bytes.ts";
import { emptyRoot } from "../../shared/log/hash.ts";
import type { LedgerDigest } from "../../shared/ports/ledger.ts";
import type { GateRefusal } from "../../shared/ports/signing.ts";

/** The database, the published log and the signer's store tell different histories of one log. */
export class OtherHistory extends Error {
  override readonly name = "OtherHistory";
}

/** What comparing the three takes. */
export type HistoryPorts = Pick<LogPorts, "gate" | "engine"> & ShowingPorts;

interface Place {
  readonly name: string;
  readonly digest: LedgerDigest;
}

const empty: LedgerDigest = { size: 0n, root: emptyRoot };

/**
 * Requires that the database continues what was signed and published of an open log: it may hold more, which is then signed and published, never
 * fewer or others; and that the signer's store is not behind what is published. Reads only. Throws OtherHistory, one sentence that
 * names the place; Unavailable.
 */
export async function requireOneHistory(
  ports: HistoryPorts,
  insurer: string,
  origin: string,
): Promise<void> {
  const signer = read(await ports.gate.latest(insurer), origin);
  const shown = read(await shownCheckpoint(ports, insurer), origin)?.checkpoint;
  const database = (await ports.engine.digest(insurer)) ?? empty;
  const places = [
    { name: "the signer's store", digest: signer ?? empty },
    { name: "the published checkpoint", digest: shown ?? empty },
  ].filter(({ digest }) => digest.size > 0n);

  const ahead = places.filter(({ digest }) => digest.size > database.size);
  if (ahead.length > 0) {
    throw new OtherHistory(
      `The database holds ${database.size} entries of the log ${origin}, fewer than ${listed(ahead)}: it is older than they are, restore a later backup of it. Nothing was changed.`,
    );
  }
  const other: Place[] = [];
  for (const place of places) {
    if (!(await continues(ports, insurer, place.digest, database))) other.push(place);
  }
  if (other.length > 0) {
    throw new OtherHistory(
      `The ${database.size} entries of the log ${origin} in the database do not continue those of ${listed(other)}: they were rewritten or come from elsewhere, restore the database these were made from. Nothing was changed.`,
    );
  }
  if (shown && (signer?.size ?? 0n) < shown.size) {
    throw new OtherHistory(
      `The signer's store knows size ${signer?.size ?? 0n} of the log ${origin}, less than the published checkpoint (${shown.size}): it is older than what it signed and is never restored behind, put back its newest copy. Nothing was changed.`,
    );
  }
}

function read<T extends object>(
  held: T | LogAlarm | GateRefusal | undefined,
  origin: string,
): T | undefined {
  if (held !== undefined && ("alarm" in held || "refused" in held)) {
    throw new OtherHistory(`The log ${origin}: ${held.detail}. Nothing was changed.`);
  }
  return held as T | undefined;
}

async function continues(
  { engine }: HistoryPorts,
  insurer: string,
  from: LedgerDigest,
  to: LedgerDigest,
): Promise<boolean> {
  if (from.size === to.size) return equal(from.root, to.root);
  return engine.extends(from, to, await engine.evidence(insurer, from, to));
}

const listed = (places: readonly Place[]): string =>
  places.map(({ name, digest }) => `${name} (${digest.size})`).join(" and ");
