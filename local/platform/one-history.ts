import type { LogAlarm } from "../../functions/publisher/alarm.ts";
import { type ShowingPorts, shownCheckpoint } from "../../functions/publisher/checkpoint.ts";
import type { LogPorts } from "../../functions/publisher/ports.ts";
import { follow } from "../../functions/signer/follow.ts";
import { emptyRoot } from "../../shared/log/hash.ts";
import type { LedgerDigest, LedgerState } from "../../shared/ports/ledger.ts";
import type { GateRefusal } from "../../shared/ports/signing.ts";

/** The database, the published log and the signer's store tell different histories of one log. */
export class OtherHistory extends Error {
  override readonly name = "OtherHistory";
}

/** What comparing the three takes. */
export type HistoryPorts = Pick<LogPorts, "gate" | "engine"> &
  ShowingPorts & {
    /** What the published files of this digest are gone on from; absent: for a tree, the digest alone. */
    readonly publishedState?: (digest: LedgerDigest) => Promise<LedgerState | LogAlarm>;
    /** What holds the entries, where it isn't the database. */
    readonly held?: { readonly in: string; readonly as: string };
  };

interface Place {
  readonly name: string;
  readonly state: LedgerState;
}

const empty: LedgerState = { size: 0n, root: emptyRoot, frontier: [] };

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
  const published = shown && read(await stateOf(ports, shown), origin);
  const database = (await ports.engine.digest(insurer)) ?? empty;
  const held = ports.held ?? { in: "database", as: "entries" };
  const places = [
    { name: "the signer's store", state: signer ?? empty },
    { name: "the published checkpoint", state: published ?? empty },
  ].filter(({ state }) => state.size > 0n);

  const ahead = places.filter(({ state }) => state.size > database.size);
  if (ahead.length > 0) {
    throw new OtherHistory(
      `The ${held.in} holds ${database.size} ${held.as} of the log ${origin}, fewer than ${listed(ahead)}: it is older than they are, restore a later backup of it. Nothing was changed.`,
    );
  }
  const other: Place[] = [];
  for (const place of places) {
    if (!(await follow(ports.engine, insurer, place.state, database))) other.push(place);
  }
  if (other.length > 0) {
    throw new OtherHistory(
      `The ${database.size} ${held.as} of the log ${origin} in the ${held.in} do not continue those of ${listed(other)}: they were rewritten or come from elsewhere, restore the ${held.in} these were made from. Nothing was changed.`,
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

const stateOf = async ({ publishedState }: HistoryPorts, { size, root }: LedgerDigest) =>
  publishedState ? publishedState({ size, root }) : { size, root, frontier: [] };

const listed = (places: readonly Place[]): string =>
  places.map(({ name, state }) => `${name} (${state.size})`).join(" and ");
